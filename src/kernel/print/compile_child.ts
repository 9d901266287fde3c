// The compiler's own process (see lane.ts for why not a thread). It has no database, no secrets and no network; it reads the template
// folder and answers one message at a time.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import type { NodeTypstDocument } from '@myriaddreamin/typst-ts-node-compiler'
import { LIMITS } from './data.ts'
import type { PrintFault } from './data.ts'

export interface Job {
  readonly id: number
  readonly template: string | { readonly source: string }
  readonly data: string
  readonly assets: readonly { readonly path: string; readonly bytes: Uint8Array }[]
  readonly max_pages: number
}

export type Answer =
  | { readonly id: number; readonly ok: true; readonly pdf: Uint8Array; readonly pages: number; readonly rss: number }
  | { readonly id: number; readonly ok: false; readonly code: PrintFault; readonly message: string; readonly rss: number }

const TEMPLATES = new URL('./templates/', import.meta.url).pathname
const require = createRequire(import.meta.url)
const font = (name: string) => readFileSync(require.resolve(`@expo-google-fonts/noto-sans-sc/${name}`))

const compiler = NodeCompiler.create({
  workspace: TEMPLATES,
  fontArgs: [{ fontBlobs: [font('400Regular/NotoSansSC_400Regular.ttf'), font('700Bold/NotoSansSC_700Bold.ttf')] }],
})

interface Diagnostic {
  readonly message?: string
  readonly path?: string
}

function why(error: { readonly shortDiagnostics: readonly Diagnostic[] } | null): string {
  const texts = (error?.shortDiagnostics ?? []).slice(0, 3).map((one) => {
    const file = one.path?.startsWith(TEMPLATES) ? one.path.slice(TEMPLATES.length) : ''
    return `${file ? `${file}: ` : ''}${one.message ?? ''}`
  })
  return texts.join('; ').slice(0, 600) || 'unknown fault'
}

/** From the page on which each document ends (templates/lib.typ); empty for a template that does not tell. */
function documentLengths(document: NodeTypstDocument): number[] {
  const found: unknown = compiler.query(document, { selector: '<ends>', field: 'value' })
  const ends: unknown = Array.isArray(found) ? found[0] : null
  if (!Array.isArray(ends)) return []
  const pages = ends.filter((page) => typeof page === 'number')
  return pages.map((page, index) => page - (pages[index - 1] ?? 0))
}

function run(job: Job): Answer {
  const fail = (code: PrintFault, message: string): Answer => ({ id: job.id, ok: false, code, message, rss: process.memoryUsage.rss() })
  for (const asset of job.assets) compiler.mapShadow(`${TEMPLATES}${asset.path.slice(1)}`, Buffer.from(asset.bytes))
  try {
    const main = typeof job.template === 'string' ? { mainFilePath: `${TEMPLATES}${job.template}.typ` } : { mainFileContent: job.template.source }
    let done = compiler.compile({ ...main, inputs: { data: job.data } })
    if (!done.result) return fail('bad_template', why(done.takeError()))
    const lengths = documentLengths(done.result)
    if (lengths.some((length) => length > 1)) {
      done = compiler.compile({ ...main, inputs: { data: job.data, pages: JSON.stringify(lengths) } })
    }
    const document = done.result
    if (!document) return fail('bad_template', why(done.takeError()))
    const pages = document.numOfPages
    if (pages > Math.min(job.max_pages, LIMITS.pages)) return fail('too_large', `${pages} pages`)
    const pdf = compiler.pdf(document)
    return { id: job.id, ok: true, pdf, pages, rss: process.memoryUsage.rss() }
  } catch (error) {
    return fail('bad_template', String(error).slice(0, 600))
  } finally {
    for (const asset of job.assets) compiler.unmapShadow(`${TEMPLATES}${asset.path.slice(1)}`)
  }
}

process.on('message', (job: Job) => {
  const answer = run(job)
  // Typst keeps what it has laid out; what five later documents have not used goes.
  process.send?.(answer)
  compiler.evictCache(5)
})
process.on('disconnect', () => process.exit(0))
// While a document is laid out nothing above runs, and whoever would stop an endless one may have been killed: a thread looks whether the parent is still the one that started us
// (measured: an orphan with such a document went on for 37 minutes at two thirds of a core).
new Worker(`const parent = process.ppid; setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 1000)`, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 } }).unref()
// Ctrl-C reaches the whole group; the server ends this process itself, after its last document.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
