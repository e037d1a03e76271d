#!/usr/bin/env node
// Runs the program of this system, which npm installed beside this package. What
// restrain sets up names that program itself, so node is started by people only.
'use strict'
const { spawn } = require('node:child_process')
const { constants } = require('node:os')

const system = `${process.platform}-${process.arch}`
let program
try {
  program = require.resolve(`@restrain/${system}/bin/restrain`)
} catch {
  console.error(`restrain: error: the package @restrain/${system} is not installed`)
  console.error('restrain: hint: install again without --omit=optional; if there is none for this system, build it with Go')
  process.exit(127)
}

const args = process.argv.slice(2)
if (process.execve) {
  try {
    process.execve(program, [program, ...args])
  } catch {} // not on this system
}

// The terminal tells both of its keys; what is sent to node alone is handed on.
const child = spawn(program, args, { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGQUIT']) process.on(signal, () => {})
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  console.error(`restrain: error: ${program}: ${error.message}`)
  process.exit(126)
})
child.on('exit', (status, signal) => process.exit(signal ? 128 + constants.signals[signal] : status))
