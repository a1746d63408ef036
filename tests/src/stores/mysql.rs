//! Rows in MariaDB, in the tables of existing installations.

use std::time::Duration;

use tokio::{task::JoinHandle, time::sleep};

use super::{PASSWORD, Row, Sidecar};
use crate::{
    command::finish,
    mariadb::{DATABASE, MariaDb},
};

/// The tables as existing installations have them.
pub const SCHEMA: &str = "\
CREATE TABLE `auth_tb` (`id` INT NOT NULL AUTO_INCREMENT, `app_id` INT(11) NOT NULL, `group_name` VARCHAR(45) NULL, `operation` TINYINT(4) DEFAULT 0,
  `topic` VARCHAR(45) NOT NULL, `created_at` BIGINT(20) NULL, `deleted_at` BIGINT(20) NULL, `updated_at` BIGINT(20) NULL, PRIMARY KEY (`id`));
CREATE TABLE `app_tb` (`id` INT NOT NULL AUTO_INCREMENT, `app_key` VARCHAR(45) NOT NULL, `app_secret` VARCHAR(64) NOT NULL, `cluster` VARCHAR(45) NOT NULL,
  `created_at` BIGINT(20) NULL, `deleted_at` BIGINT(20) NULL, `updated_at` BIGINT(20) NULL, PRIMARY KEY (`id`));
";

/// Who the gateway is in the database.
const USER: &str = "'sluicegate'@'127.0.0.1'";

/// How long the server may take until a lock is held.
const LOCKED_WITHIN: Duration = Duration::from_millis(300);

/// The two tables, in a server of their own, and a user who may only read them.
#[derive(Debug)]
pub struct MySql {
    /// The server.
    pub server: MariaDb,
}

impl MySql {
    pub(super) async fn start(arguments: &[&str]) -> Option<Self> {
        let server = MariaDb::start(arguments).await?;
        let user = format!(
            "CREATE USER {USER} IDENTIFIED BY '{PASSWORD}';
             GRANT SELECT ON `{DATABASE}`.`auth_tb` TO {USER};
             GRANT SELECT ON `{DATABASE}`.`app_tb` TO {USER};"
        );
        server.execute(&(SCHEMA.to_owned() + &user)).await;
        Some(Self { server })
    }

    pub(super) fn sidecar(&self, sidecar: Sidecar) -> String {
        let (head, timeout) = (sidecar.head(), sidecar.timeout_ms);
        let address = &self.server.address;
        format!(
            "{head}[sql.users]\nurl = \"mysql://sluicegate:${{STORE_PASSWORD}}@{address}/{DATABASE}\"\n\
             queries = \"read-only\"\ntimeout_ms = {timeout}\n"
        )
    }

    /// Runs statements, past the gateway.
    pub async fn execute(&self, statements: &str) -> String {
        self.server.execute(statements).await
    }

    pub(super) async fn insert(&self, row: &Row) {
        let Row { group, topic, operation, key, secret, cluster } = row;
        let statements = format!(
            "INSERT INTO `app_tb` (`app_key`,`app_secret`,`cluster`) VALUES ('{key}','{secret}','{cluster}');
             INSERT INTO `auth_tb` (`app_id`,`group_name`,`operation`,`topic`)
               VALUES (LAST_INSERT_ID(),'{group}',{operation},'{topic}');"
        );
        self.execute(&statements).await;
    }

    pub(super) async fn update(&self, row: &Row) {
        let Row { group, topic, operation, key, secret, cluster } = row;
        let statement = format!(
            "UPDATE `auth_tb` JOIN `app_tb` ON `auth_tb`.`app_id` = `app_tb`.`id`
             SET `operation` = {operation}, `topic` = '{topic}', `app_key` = '{key}',
               `app_secret` = '{secret}', `cluster` = '{cluster}'
             WHERE `group_name` = '{group}';"
        );
        self.execute(&statement).await;
    }

    pub(super) async fn delete(&self, group: &str) {
        self.execute(&format!("DELETE FROM `auth_tb` WHERE `group_name` = '{group}';")).await;
    }

    /// Prepared statements that were run: the gateway's, since the writer prepares none.
    pub(super) async fn questions(&self) -> u64 {
        let told = self.execute("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute';").await;
        let digits = told.split_whitespace().last().expect("the server counts them");
        digits.parse().expect("it is a number")
    }

    /// Locks both tables: nobody reads them.
    pub(super) async fn hang(&self, time: Duration) -> JoinHandle<()> {
        let client = self.server.client();
        let statements = format!(
            "LOCK TABLES `auth_tb` WRITE, `app_tb` WRITE; DO SLEEP({});",
            time.as_secs_f32()
        );
        let held = tokio::spawn(async move {
            finish(client, &statements).await.output_of_success();
        });
        sleep(LOCKED_WITHIN).await;
        held
    }
}
