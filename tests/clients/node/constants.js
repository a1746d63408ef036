'use strict';

module.exports = {
  GROUP: 'readers',
  PAGE: 100,
  BLOCK_MS: 2000,
  // Longest wait for anything, on a busy machine too.
  PATIENCE_MS: 30_000,
  PUBLISHED: 1000,
  ABANDONED: 10,
  MESSAGES: 100,
};
