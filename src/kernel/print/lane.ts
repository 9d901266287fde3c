// One warm compiler process with a bounded queue.
//
// A process and not a worker thread, because the compiler is native code that cannot be interrupted: measured on 0.6.0, terminate() of a
// worker inside a runaway template does nothing, process.exit() of the server then waited 69 s for it, and a template that asks for too
// much memory aborts the whole process ("memory allocation failed"). A child can be killed, and only the document is lost.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { PrintError } from './data.ts'
import type { Answer, Job } from './compile_child.ts'

export interface LaneOptions {
  readonly queued: number
  /** End the process after this long without work; 0 keeps it. */
  readonly idle_ms: number
}

export interface Made {
  readonly pdf: Buffer
  readonly pages: number
}

interface Waiting {
  readonly job: Omit<Job, 'id'>
  readonly time_ms: number
  readonly resolve: (made: Made) => void
  readonly reject: (error: PrintError) => void
}

// After a very large report the process keeps its heap; a new one takes half a second.
const RECYCLE_RSS = 700 * 1024 * 1024
const CHILD = new URL('./compile_child.ts', import.meta.url)

export class Lane {
  readonly #options: LaneOptions
  readonly #queue: Waiting[] = []
  #child: ChildProcess | null = null
  #running: (Waiting & { id: number; timer: NodeJS.Timeout }) | null = null
  #idle: NodeJS.Timeout | null = null
  #last_id = 0
  #closed = false

  constructor(options: LaneOptions) {
    this.#options = options
  }

  run(job: Omit<Job, 'id'>, time_ms: number): Promise<Made> {
    if (this.#closed) return Promise.reject(new PrintError('closed', 'printing has been closed'))
    if (this.#queue.length >= this.#options.queued) return Promise.reject(new PrintError('busy', `${this.#queue.length} documents are waiting`))
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, time_ms, resolve, reject })
      this.#next()
    })
  }

  close(): void {
    this.#closed = true
    this.#stop()
    const error = new PrintError('closed', 'printing has been closed')
    for (const waiting of this.#queue.splice(0)) waiting.reject(error)
    this.#finish()?.reject(error)
  }

  #next(): void {
    if (this.#running || this.#closed) return
    const waiting = this.#queue.shift()
    if (!waiting) {
      this.#rest()
      return
    }
    if (this.#idle) clearTimeout(this.#idle)
    const child = this.#child ?? this.#start()
    const id = ++this.#last_id
    const timer = setTimeout(() => this.#fail('timeout', `stopped after ${waiting.time_ms} ms`), waiting.time_ms)
    this.#running = { ...waiting, id, timer }
    child.ref()
    child.channel?.ref()
    child.send({ id, ...waiting.job } satisfies Job, (error) => {
      if (error && this.#running?.id === id) this.#fail('crashed', error.message)
    })
  }

  #start(): ChildProcess {
    // An empty environment but for what finds files: no passwords, and no proxy that leads anywhere, so `@preview` packages are not fetched.
    const nowhere = 'http://127.0.0.1:9'
    const env = { PATH: process.env['PATH'] ?? '', HTTPS_PROXY: nowhere, HTTP_PROXY: nowhere, ALL_PROXY: nowhere, NO_COLOR: '1' }
    const child = fork(CHILD, [], { serialization: 'advanced', execArgv: [], env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#child = child
    child.on('message', (answer: Answer) => this.#answered(answer))
    child.on('error', (error) => this.#lost(child, error.message))
    child.on('exit', (code, signal) => this.#lost(child, `ended with ${signal ?? code}`))
    return child
  }

  #answered(answer: Answer): void {
    if (this.#running?.id !== answer.id) return
    const waiting = this.#finish()
    if (answer.rss > RECYCLE_RSS) this.#stop()
    if (answer.ok) waiting?.resolve({ pdf: Buffer.from(answer.pdf.buffer, answer.pdf.byteOffset, answer.pdf.byteLength), pages: answer.pages })
    else waiting?.reject(new PrintError(answer.code, answer.message))
    this.#next()
  }

  #lost(child: ChildProcess, reason: string): void {
    if (this.#child !== child) return
    this.#child = null
    if (this.#running) this.#fail('crashed', `the compiler's process ${reason}`)
  }

  #fail(code: 'timeout' | 'crashed', message: string): void {
    this.#stop()
    this.#finish()?.reject(new PrintError(code, message))
    this.#next()
  }

  #finish(): Waiting | null {
    const running = this.#running
    if (running) clearTimeout(running.timer)
    this.#running = null
    return running
  }

  #stop(): void {
    const child = this.#child
    this.#child = null
    child?.kill('SIGKILL')
  }

  /** Without work the process does not keep the server from ending. */
  #rest(): void {
    this.#child?.unref()
    this.#child?.channel?.unref()
    if (this.#options.idle_ms === 0 || !this.#child) return
    this.#idle = setTimeout(() => this.#stop(), this.#options.idle_ms)
    this.#idle.unref()
  }
}
