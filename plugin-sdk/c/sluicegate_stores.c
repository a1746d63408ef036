/* The stores' functions, as the canonical ABI passes them. */
#include "sluicegate_stores.h"

#define IMPORT(interface, function)                                        \
    __attribute__((import_module("sluicegate:plugin/" interface "@0.1.0"), \
                   import_name(function)))

IMPORT("redis", "call")
void redis_call(const uint8_t *connection, size_t connection_size, const uint8_t *command,
                size_t command_size, const sg_bytes *arguments, size_t count,
                sg_redis_answer *answer);
IMPORT("sql", "run")
void sql_run(const uint8_t *connection, size_t connection_size, const uint8_t *statement,
             size_t statement_size, const sg_stored *parameters, size_t count,
             sg_sql_answer *answer);
IMPORT("sql", "query")
void sql_query(const uint8_t *connection, size_t connection_size, const uint8_t *text,
               size_t text_size, const sg_stored *parameters, size_t count,
               sg_sql_answer *answer);

sg_redis_answer sg_redis(sg_bytes connection, sg_bytes command, sg_list arguments) {
    sg_redis_answer answer;
    redis_call(connection.data, connection.size, command.data, command.size, arguments.items,
               arguments.count, &answer);
    return answer;
}

sg_sql_answer sg_sql_run(sg_bytes connection, sg_bytes statement, sg_stored_list parameters) {
    sg_sql_answer answer;
    sql_run(connection.data, connection.size, statement.data, statement.size, parameters.items,
            parameters.count, &answer);
    return answer;
}

sg_sql_answer sg_sql_query(sg_bytes connection, sg_bytes text, sg_stored_list parameters) {
    sg_sql_answer answer;
    sql_query(connection.data, connection.size, text.data, text.size, parameters.items,
              parameters.count, &answer);
    return answer;
}
