import { Worker } from 'node:worker_threads'
import { SheetRefusal } from './refusal.ts'
import type { Row, SheetInfo, SheetLimits } from './types.ts'
import type { XlsReply, XlsRequest } from './xls_worker.ts'

type Opened = Extract<XlsReply, { sheets: unknown }>
type Rows = Extract<XlsReply, { rows: unknown }>

/** An old .xls, parsed in a worker that is thrown away with `close`. */
export class XlsBook {
  readonly #worker: Worker
  readonly #limits: SheetLimits
  #opened: Opened | undefined

  private constructor(worker: Worker, limits: SheetLimits) {
    this.#worker = worker
    this.#limits = limits
  }

  static async open(file: Buffer, limits: SheetLimits): Promise<XlsBook> {
    if (file.length > limits.max_xls_bytes) {
      throw new SheetRefusal('sheet.too_large', { size_mb: megabytes(file.length), max_mb: megabytes(limits.max_xls_bytes) })
    }
    const worker = new Worker(new URL('./xls_worker.ts', import.meta.url), {
      workerData: { file: new Uint8Array(file), max_rows: limits.max_rows, max_columns: limits.max_columns },
      resourceLimits: { maxOldGenerationSizeMb: limits.xls_heap_mb, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 },
      execArgv: [],
      stdout: true,
      stderr: true,
    })
    const book = new XlsBook(worker, limits)
    try {
      book.#opened = (await book.#reply()) as Opened
      if (book.#opened.sheets.length > limits.max_sheets) throw new SheetRefusal('sheet.too_many_sheets', { max: limits.max_sheets })
    } catch (error) {
      await book.close()
      throw error
    }
    return book
  }

  get date1904(): boolean {
    return this.#opened?.date1904 === true
  }

  get macros_ignored(): boolean {
    return this.#opened?.macros === true
  }

  get sheets(): readonly (SheetInfo & { readonly hidden_columns: readonly number[] })[] {
    return (this.#opened?.sheets ?? []).map((sheet, index) => ({ ...sheet, index }))
  }

  async *rows(sheet: SheetInfo, batch: number): AsyncGenerator<Row[]> {
    let from: number | null = 0
    let count = 0
    while (from !== null) {
      const request: XlsRequest = { sheet: sheet.index, from, batch }
      this.#worker.postMessage(request)
      const { rows, next }: Rows = (await this.#reply(sheet.name)) as Rows
      count += rows.length
      if (count > this.#limits.max_rows) throw new SheetRefusal('sheet.too_many_rows', { sheet: sheet.name, max: this.#limits.max_rows })
      if (rows.length > 0) yield rows
      from = next
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  /** The next message, or a refusal when the worker dies (out of memory), falls over or takes too long. */
  #reply(sheet = ''): Promise<XlsReply> {
    const worker = this.#worker
    return new Promise((resolve, reject) => {
      const done = (then: () => void): void => {
        clearTimeout(timer)
        worker.off('message', onMessage).off('error', onError).off('exit', onExit)
        then()
      }
      const onMessage = (message: XlsReply): void => done(() => {
        if (!('refused' in message)) return resolve(message)
        const { refused, ...where } = message
        reject(new SheetRefusal(refused, { sheet, max: this.#limits.max_columns, detail: 'xls', ...where }))
      })
      const onError = (error: Error & { code?: string }): void => done(() =>
        reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new SheetRefusal('sheet.timeout') : error))
      const onExit = (): void => done(() => reject(new SheetRefusal('sheet.timeout')))
      const timer = setTimeout(() => {
        done(() => reject(new SheetRefusal('sheet.timeout')))
        void worker.terminate()
      }, this.#limits.xls_timeout_ms)
      worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    })
  }
}

export const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)
