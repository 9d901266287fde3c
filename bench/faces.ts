// First load of each face: the scripts that index.html asks for and what they import at once, gzip. Bars: design.md 5.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Figure } from '../tools/bench.ts'

const BARS = { resident: 200, staff: 220, admin: 450 }

/** Entry scripts, module preloads and static imports, followed; lazy pages are not counted, the first page's are added by `also`. */
export function firstLoad(face: string, also: RegExp | null): { kb: number; files: string[] } {
  const dist = new URL(`../dist/${face}/`, import.meta.url)
  const html = readFileSync(new URL('index.html', dist), 'utf8')
  const seen = new Set<string>()
  const follow = (path: string) => {
    if (seen.has(path)) return
    seen.add(path)
    const text = readFileSync(new URL(path, dist), 'utf8')
    for (const m of text.matchAll(/(?:from|import)\s*["'](\.\/[^"']+\.js)["']/g)) follow(new URL(m[1]!, new URL(path, 'file:///')).pathname.slice(1))
    if (also) for (const m of text.matchAll(/import\(\s*[`"'](\.\/[^`"']+\.js)[`"']\)/g)) if (also.test(m[1]!)) follow(new URL(m[1]!, new URL(path, 'file:///')).pathname.slice(1))
  }
  for (const m of html.matchAll(/(?:src|href)="\/\w+\/([^"]+\.js)"/g)) follow(m[1]!)
  const files = [...seen]
  return { kb: Math.round(files.reduce((n, f) => n + gzipSync(readFileSync(new URL(f, dist)), { level: 9 }).length, 0) / 102.4) / 10, files }
}

export async function run(): Promise<Figure[]> {
  const { buildFaces } = await import('../tools/build.ts')
  await buildFaces({ log: () => {} })
  const out: Figure[] = []
  for (const [face, limit] of Object.entries(BARS)) {
    const { kb } = firstLoad(face, face === 'admin' ? /Workbench/ : face === 'staff' ? /Home/ : /Home/)
    out.push({ bench: `faces.${face}_kb`, size: 1, value: kb, unit: 'KB gzip', limit, ratio: Math.round((kb / limit) * 1000) / 1000 })
  }
  return out
}
