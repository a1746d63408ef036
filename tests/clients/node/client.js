// ioredis and node-redis against the gateway, with default options except port and password.
//
// usage: client.js LIBRARY PORT [PASSWORD]   LIBRARY as package.json names it, such as ioredis-6
'use strict';

const run = require('./scenario');

const [library, port, password] = process.argv.slice(2);
const { version } = require(`${library}/package.json`);
const [name] = library.split(/-\d/);
const connect = require(`./${name}`)(require(library), Number(port), password);

run(`${name === 'redis' ? 'node-redis' : name} ${version}`, connect).catch((error) => {
  console.error(error);
  process.exit(1);
});
