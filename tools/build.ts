// Builds the faces that have sources, each only when its sources changed. `npm run build`, and `npm start` before it listens.
import { createHash } from 'node:crypto'
import { existsSync, globSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { FACES, faceConfig, type FaceName } from '../vite.config.ts'

const ROOT = dirname(import.meta.dirname)
const STAMP = '.stamp'
const COMPRESSED = /\.(js|css|html|svg|json|webmanifest)$/

export interface BuildOptions {
  log: (line: string) => void
  /** Keeps running and builds again on every change. */
  watch?: boolean
  /** Only these. */
  faces?: readonly string[]
}

export async function buildFaces({ log, watch = false, faces = FACES }: BuildOptions): Promise<void> {
  for (const face of FACES) {
    if (!faces.includes(face)) continue
    if (!existsSync(join(ROOT, 'src', 'apps', face, 'index.html'))) continue
    if (watch) await watchFace(face, log)
    else await buildFace(face, log)
  }
}

async function buildFace(face: FaceName, log: (line: string) => void): Promise<void> {
  const out = join(ROOT, 'dist', face)
  const print = await fingerprint(face)
  if ((await readFile(join(out, STAMP), 'utf8').catch(() => '')) === print) return
  const begun = performance.now()
  // Beside the old one and then in its place: a server that is running keeps whole files at every moment.
  const fresh = join(ROOT, 'dist', `.${face}-${process.pid}`)
  const old = join(ROOT, 'dist', `.${face}-${process.pid}-old`)
  try {
    const { build } = await import('vite')
    await build(faceConfig(ROOT, face, fresh))
    const script_bytes = await compress(fresh)
    await writeFile(join(fresh, STAMP), print)
    await mkdir(dirname(out), { recursive: true })
    if (existsSync(out)) await rename(out, old)
    await rename(fresh, out)
    log(`${face} 页面已生成,用时 ${((performance.now() - begun) / 1000).toFixed(1)} 秒,脚本共 ${Math.round(script_bytes / 1024)} KB(gzip)`)
  } finally {
    await rm(fresh, { recursive: true, force: true })
    await rm(old, { recursive: true, force: true })
  }
}

async function watchFace(face: FaceName, log: (line: string) => void): Promise<void> {
  const { build } = await import('vite')
  await rm(join(ROOT, 'dist', face, STAMP), { force: true })
  await build(faceConfig(ROOT, face, join(ROOT, 'dist', face), true))
  log(`${face} 页面在改动后会自动重新生成`)
}

/** Everything a face is made from. A change elsewhere (server code, tests) does not build it again. */
async function fingerprint(face: FaceName): Promise<string> {
  const patterns = ['src/ui/**/*', `src/apps/${face}/**/*`, 'src/modules/*/*.{ts,tsx}', 'src/modules/*/rules/**/*', `src/modules/*/${face}/**/*`, 'src/kernel/*.ts', 'package-lock.json', 'vite.config.ts', 'tools/{build,phone_pwa}.ts']
  const paths = globSync(patterns, { cwd: ROOT, withFileTypes: true }).filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name)).sort()
  const hash = createHash('sha256')
  for (const path of paths) hash.update(relative(ROOT, path)).update('\0').update(await readFile(path)).update('\0')
  return hash.digest('hex')
}

/** .gz and .br beside every text file, so that the server sends bytes instead of working. Gives the gzip size of all scripts. */
async function compress(folder: string): Promise<number> {
  let script_bytes = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !COMPRESSED.test(entry.name)) continue
    const path = join(entry.parentPath, entry.name)
    const body = await readFile(path)
    const zipped = await promisify(gzip)(body, { level: 9 })
    // 11 takes three times as long for 2 % less.
    const br = await promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
    await writeFile(`${path}.gz`, zipped)
    await writeFile(`${path}.br`, br)
    if (entry.name.endsWith('.js')) script_bytes += zipped.length
  }
  return script_bytes
}

if (import.meta.main) {
  // `npm run build -- staff`: that face only.
  const named = process.argv.slice(2).filter((a) => !a.startsWith('-'))
  await buildFaces({ log: (line) => process.stdout.write(`${line}\n`), watch: process.argv.includes('--watch'), ...(named.length ? { faces: named } : {}) })
}
