// Walls between modules, read from the imports themselves. dependency-cruiser found no modules beside TypeScript 7 and said "no
// violations" (house style 5.4), and with the swc parser it costs 30 packages for six rules: these are one regular expression
// over import lines, and the planted faults in tests/guards prove that each rule bites.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rank } from './rank.ts'

export interface Finding {
  rule: string
  file: string
  detail: string
}
interface Source {
  file: string
  text: string
}

const IMPORT = /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g
const FACES = ['admin', 'resident', 'staff']

export function importsOf(text: string): string[] {
  return [...text.matchAll(IMPORT)].map((m) => m[1] ?? m[2] ?? m[3]!).filter(Boolean)
}

/** Which part of the tree a file is: kernel, ui, app, world, or a module with its half (server, admin, contract …). */
function place(file: string): { area: string; module?: string; half?: string } {
  const [src, area, name, half] = file.split('/')
  if (src !== 'src') return { area: src ?? '' }
  if (area === 'modules') return { area: 'module', module: name!, half: half!.endsWith('.ts') || half!.endsWith('.tsx') ? half! : half! }
  return { area: area!, half: name! }
}

export function walls(sources: Source[]): Finding[] {
  const found: Finding[] = []
  const edges = new Map<string, string[]>()
  for (const s of sources) {
    const targets = importsOf(s.text).filter((i) => i.startsWith('.')).map((i) => relative('.', resolve(dirname(s.file), i)))
    edges.set(s.file, loadedWith(s))
    const test = s.file.endsWith('.test.ts') || s.file.endsWith('.test.tsx')
    for (const t of targets) if (!test) found.push(...oneEdge(s.file, t))
  }
  found.push(...cycles(edges))
  return found
}

/** What a file loads when it is loaded: types vanish and import() comes later, so neither can make a cycle that matters. */
function loadedWith(s: Source): string[] {
  const now = s.text.replace(/(^|\n)\s*(import|export)\s+type\s[^'"]*?from\s*['"][^'"]+['"]/g, '\n').replace(/import\(\s*['"][^'"]+['"]\s*\)/g, '')
  return importsOf(now).filter((i) => i.startsWith('.')).map((i) => relative('.', resolve(dirname(s.file), i)))
}

function oneEdge(file: string, target: string): Finding[] {
  const a = place(file)
  const b = place(target)
  const out: Finding[] = []
  const say = (rule: string) => out.push({ rule, file, detail: target })
  if ((a.area === 'kernel' || a.area === 'ui') && (b.area === 'module' || b.area === 'apps' || b.area === 'world')) say('kernel and ui know no module')
  const screen = a.area === 'ui' || (a.area === 'module' && FACES.includes(a.half ?? '')) || (a.area === 'apps' && FACES.includes(a.half ?? ''))
  if (screen && b.area === 'module' && b.half === 'server') say('screens never import server code')
  if (screen && b.area === 'kernel' && !['contract.ts', 'client.ts', 'shapes.ts', 'money.ts', 'clock.ts', 'percent.ts', 'json_place.ts'].includes(b.half ?? '')) say('screens never import server code')
  if (a.area === 'module' && b.area === 'module' && a.module !== b.module) {
    const door = ['contract.ts', 'words.ts', 'explain.ts', 'paths.ts', 'methods.ts'].includes(b.half ?? '') || target === `src/modules/${b.module}/server/index.ts` || (FACES.includes(a.half ?? '') && target === `src/modules/${b.module}/${a.half}/shared.tsx`)
    if (!door) say('another module only by its front door')
    // A screen may link to any module's contract; rank binds the server halves and contracts.
    const ra = rank[a.module as keyof typeof rank]
    const rb = rank[b.module as keyof typeof rank]
    if (ra === undefined || rb === undefined) say('every module has a rank')
    else if (!FACES.includes(a.half ?? '') && rb >= ra) say('only modules of smaller rank')
  }
  if (a.area === 'module' && b.area === 'apps') say('modules know no app')
  if (FACES.includes(a.half ?? '') && FACES.includes(b.half ?? '') && a.half !== b.half && b.area !== 'kernel') say('faces do not import each other')
  if (a.area === 'module' && b.area === 'world') say('modules know no world')
  return out
}

function cycles(edges: Map<string, string[]>): Finding[] {
  const state = new Map<string, 1 | 2>()
  const found: Finding[] = []
  const visit = (f: string, path: string[]) => {
    state.set(f, 1)
    for (const t of edges.get(f) ?? []) {
      if (!edges.has(t)) continue
      if (state.get(t) === 1) found.push({ rule: 'no cycles', file: f, detail: [...path.slice(path.indexOf(t)), f, t].join(' → ') })
      else if (!state.has(t)) visit(t, [...path, f])
    }
    state.set(f, 2)
  }
  for (const f of edges.keys()) if (!state.has(f)) visit(f, [])
  return found
}

export function sourcesIn(root: string, patterns = ['src/**/*.ts', 'src/**/*.tsx']): Source[] {
  return globSync(patterns, { cwd: root }).sort().map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.chdir(fileURLToPath(new URL('../..', import.meta.url)))
  const sources = sourcesIn('.')
  const found = walls(sources)
  for (const f of found) console.error(`${f.rule}: ${f.file} → ${f.detail}`)
  console.log(`${sources.length} files read, ${found.length} findings`)
  process.exit(found.length > 0 || sources.length < 50 ? 1 : 0)
}
