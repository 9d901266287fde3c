// The line under a bus: TCP to a serial server, or a serial port of this machine (ADR 0577). It opens, gives bytes, and says in words why it is gone.
import { read as readFrom } from 'node:fs'
import { createConnection } from 'node:net'
import type { Duplex } from 'node:stream'
import { promisify } from 'node:util'
import type { Serial } from '../../contract.ts'
import { serialPorts } from './serial_ports.ts'

export type LineTo = { host: string; port: number } | { serial: Serial }
export interface LineOn {
  opened: () => void
  heard: (chunk: Uint8Array) => void
  /** May be said more than once. */
  gone: (why: string) => void
}
export interface Line {
  write(bytes: Uint8Array): void
  end(): void
}
const CONNECT_MS = 5000
export const openLine = (to: LineTo, on: LineOn): Line => ('serial' in to ? openSerial(to.serial, on) : openTcp(to, on))

function openTcp(to: { host: string; port: number }, on: LineOn): Line {
  const socket = createConnection({ ...to, timeout: CONNECT_MS })
  const failed = (why: string): void => {
    socket.destroy()
    on.gone(why)
  }
  socket.once('connect', () => {
    socket.setTimeout(0)
    socket.setNoDelay(true)
    on.opened()
  })
  socket.on('data', on.heard)
  socket.on('error', (e: NodeJS.ErrnoException) => failed(e.code === 'ECONNREFUSED' ? '对方拒绝连接' : `连接出错(${e.code ?? e.message})`))
  socket.on('timeout', () => failed('连接超时'))
  socket.on('close', () => failed('连接被关闭'))
  return { write: (bytes) => void socket.write(bytes), end: () => void socket.destroy() }
}
/** What the driver says is English and the system's; what somebody can do about it is told. */
function whyOf(path: string, e: Error): string {
  if (/lock|busy/i.test(e.message)) return `串口 ${path} 被别的程序占用`
  if (/permission|access denied/i.test(e.message)) return `没有权限打开串口 ${path}(运行账号要在 dialout 组里)`
  if (/no such|cannot find|not found/i.test(e.message)) return missing(path)
  return `串口 ${path} 出错(${e.message.slice(0, 80)})`
}
/** What is used of the driver; its own types do not resolve. */
interface Port {
  fd: number | null
  poller: { once: (event: 'readable', told: (e: Error | null) => void) => void }
  read: (buffer: Buffer, offset: number, length: number) => Promise<{ bytesRead: number; buffer: Buffer }>
}
interface Driver {
  list: () => Promise<{ path: string }[]>
  open: (options: unknown) => Promise<Port>
}
type StreamOf = new (o: { binding: Driver; path: string; baudRate: number; dataBits: number; parity: string; stopBits: number; autoOpen: false }) => Duplex & { isOpen: boolean; open: (told: (e: Error | null) => void) => void; close: (told: () => void) => void; flush: (told: () => void) => void }
const read = promisify(readFrom)
/** On Linux a port that was hung up gives nothing for ever, at once: the driver asks again without end (bindings-cpp 13.0.1, unix-read.js), and nobody is told that the adapter is out. */
async function careful(): Promise<Driver> {
  const { LinuxPortBinding, autoDetect } = await import('@serialport/bindings-cpp')
  const driver = autoDetect() as unknown as Driver
  return {
    list: () => driver.list(),
    async open(options) {
      const port = await driver.open(options)
      if (port instanceof LinuxPortBinding)
        port.read = async (buffer, offset, length) => {
          for (;;) {
            if (port.fd === null) throw Object.assign(new Error('closed'), { canceled: true })
            try {
              const { bytesRead } = await read(port.fd, buffer, offset, length, null)
              if (bytesRead === 0) throw new Error('hung up')
              return { bytesRead, buffer }
            } catch (error) {
              if (!AGAIN.has((error as NodeJS.ErrnoException).code ?? '')) throw error
              await new Promise<void>((done, failed) => { port.poller.once('readable', (e) => (e ? failed(e) : done())) })
            }
          }
        }
      return port
    },
  }
}
const AGAIN = new Set(['EAGAIN', 'EWOULDBLOCK', 'EINTR'])
const missing = (path: string): string => `网关的机器上没有串口 ${path}(适配器没有插好)`
function openSerial(s: Serial, on: LineOn): Line {
  let ended = false
  let close: (() => void) | undefined
  let write: ((bytes: Uint8Array) => void) | undefined
  const open = async (): Promise<void> => {
    // A path that is not one of this machine's ports is not opened, whoever wrote it.
    if (!(await serialPorts()).some((p) => p.path === s.path)) return on.gone(missing(s.path))
    const [{ SerialPortStream }, binding] = await Promise.all([import('@serialport/stream'), careful()])
    const port = new (SerialPortStream as unknown as StreamOf)({ binding, path: s.path, baudRate: s.baud, dataBits: s.data_bits, parity: s.parity, stopBits: s.stop_bits, autoOpen: false })
    close = () => { if (port.isOpen) port.close(() => {}) }
    write = (bytes) => void port.write(Buffer.from(bytes))
    port.on('data', on.heard)
    port.on('close', () => on.gone(`串口 ${s.path} 断开(适配器被拔出)`))
    port.on('error', (e: Error) => {
      on.gone(whyOf(s.path, e))
      close?.()
    })
    port.open((e) => {
      if (e) return on.gone(whyOf(s.path, e))
      if (ended) return close?.()
      // What lies in the driver from before is nobody's answer.
      port.flush(() => { if (port.isOpen) on.opened() })
    })
  }
  open().catch((e: unknown) => on.gone(`这台机器不能用本地串口(${String(e).slice(0, 80)})`))
  return { write: (bytes) => write?.(bytes), end: () => { ended = true; close?.() } }
}
