;; Answers the imports of WASI preview 1 for language runtimes that cannot start without them.
;; Nothing is pretended: there are no arguments, variables and files, the clock stands still, and
;; what is written to a standard stream becomes a line of the plugin's log.
(module)
