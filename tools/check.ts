// `npm run check`: what CI runs, as one list of named steps. Stops at nothing; says at the end what is red.
import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (p: string) => join(root, 'node_modules', p)
const node = (script: string, ...args: string[]) => spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' }).status ?? 1

/** Running gen must leave the tree as it was: generated files go with their cause. */
function genIsFresh(): number {
  const before = execFileSync('git', ['status', '--porcelain', '--untracked-files=all'], { cwd: root, encoding: 'utf8' }) + execFileSync('git', ['diff'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (node('tools/gen.ts') !== 0) return 1
  const after = execFileSync('git', ['status', '--porcelain', '--untracked-files=all'], { cwd: root, encoding: 'utf8' }) + execFileSync('git', ['diff'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (before === after) return 0
  console.error('npm run gen 改变了文件:请把生成的文件与改动一起提交')
  return 1
}

const steps: [string, () => number][] = [
  ['types of the server', () => node(bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json')],
  ['types of the screens', () => node(bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.web.json')],
  ['lint', () => node(bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings', 'src', 'tools', 'tests', 'bench')],
  ['walls between modules', () => node('tools/lint/walls.ts')],
  ['unused files, exports, dependencies', () => node(bin('knip/bin/knip.js'), '--no-progress')],
  ['generated files are fresh', genIsFresh],
]

const wanted = process.argv.slice(2).filter((a) => !a.startsWith('--'))
const red: string[] = []
for (const [name, run] of steps) {
  if (wanted.length && !wanted.some((w) => name.includes(w))) continue
  const t = process.hrtime.bigint()
  const ok = run() === 0
  console.log(`${ok ? '✓' : '✗'} ${name} (${Number((process.hrtime.bigint() - t) / 1_000_000n) / 1000} s)`)
  if (!ok) red.push(name)
}
if (!process.argv.includes('--without-tests') && wanted.length === 0 && node('tools/test.ts') !== 0) red.push('tests')
if (red.length) console.error(`红: ${red.join(', ')}`)
process.exit(red.length ? 1 : 0)
