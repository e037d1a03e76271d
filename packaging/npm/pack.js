#!/usr/bin/env node
// Makes npm's packages of a release from its archives: one of each system, and
// restrain, which has npm take the one that fits. `npm publish` each, restrain last.
//
//   node pack.js OUT restrain_1.2.3_linux_amd64.tar.gz ...
'use strict'
const { execFileSync } = require('node:child_process')
const { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { basename, join } = require('node:path')

const about = { description: 'A circuit breaker for coding agents' }

function fail(text) {
  console.error(`pack.js: ${text}`)
  process.exit(1)
}

// pack makes a package's tarball in out, of the files that fill puts into place.
function pack(out, manifest, fill) {
  const dir = mkdtempSync(join(tmpdir(), 'restrain-npm-'))
  try {
    fill(dir)
    writeFileSync(join(dir, 'package.json'), JSON.stringify({ ...manifest, ...about }, null, 2) + '\n')
    execFileSync('npm', ['pack', '--offline', '--silent', '--pack-destination', out], { cwd: dir, stdio: ['ignore', 'inherit', 'inherit'] })
  } finally {
    rmSync(dir, { recursive: true })
  }
}

const [out, ...archives] = process.argv.slice(2)
if (archives.length === 0) fail('usage: pack.js OUT ARCHIVE...')
mkdirSync(out, { recursive: true })

let version
const systems = {}
for (const archive of archives) {
  const name = /^restrain_(.+)_(linux|darwin)_(amd64|arm64)\.tar\.gz$/.exec(basename(archive))
  if (!name) fail(`${archive} is not named as a release's archives are`)
  if (version && version !== name[1]) fail(`${archive} is of another version than ${version}`)
  version = name[1]
  const os = name[2]
  const cpu = name[3] === 'amd64' ? 'x64' : name[3]
  const manifest = { name: `@restrain/${os}-${cpu}`, version, os: [os], cpu: [cpu] }
  pack(out, manifest, (dir) => {
    mkdirSync(join(dir, 'bin'))
    const names = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).split('\n')
    const programs = names.filter((name) => /^restrain(-[a-z]+)?$/.test(name))
    execFileSync('tar', ['-xzf', archive, '-C', join(dir, 'bin'), ...programs])
  })
  systems[manifest.name] = version
}

pack(out, { name: 'restrain', version, bin: { restrain: 'restrain.js' }, optionalDependencies: systems, engines: { node: '>=18' } }, (dir) => {
  copyFileSync(join(__dirname, 'restrain.js'), join(dir, 'restrain.js'))
  chmodSync(join(dir, 'restrain.js'), 0o755)
  copyFileSync(join(__dirname, '..', '..', 'README.md'), join(dir, 'README.md'))
})
