// Devices over TLS: MQTT and HTTP at ports of their own, with a certificate and key in files. They are looked at every few seconds: what is new and right is taken without a restart, what is
// wrong changes nothing and stands on the page of the gateway. Who knocks without TLS, or does not trust our certificate, is counted and not written about.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { Server as HttpsServer } from 'node:https'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import { nowMs } from '../../../../kernel/clock.ts'
import { log } from '../../../../kernel/log.ts'
import type { TlsState } from '../../contract.ts'

/** In the folder tls/ of the data, unless the environment names others. */
export const TLS_FILES = { cert: 'device.crt', key: 'device.key' } as const
export const HANDSHAKE_MS = 10_000
const CLIENTS_MAX = 20_000
export interface Pem {
  cert: string
  key: string
}
export interface TlsAsk {
  mqtt_port: number
  http_port: number
  cert_path: string
  key_path: string
}
interface Parts extends TlsAsk {
  host: string
  onMqtt: (socket: TLSSocket) => void
  openHttp: (port: number, pem: Pem) => Promise<{ port: number; server: HttpsServer; close(): Promise<void> }>
}
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/HTTP_REQUEST|WRONG_VERSION|PACKET_LENGTH|UNKNOWN_PROTOCOL|RECORD_LAYER|INVALID_ALERT|BAD_RECORD/, '对方没有用 TLS 连接'], [/UNKNOWN_CA/, '对方不信任本网关证书的 CA'], [/EXPIRED/, '对方认为证书已过期'], [/BAD_CERTIFICATE|CERTIFICATE_UNKNOWN/, '对方不接受本网关的证书'], [/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION/, '对方的 TLS 版本过低(至少 1.2)'], [/ECONNRESET|HANDSHAKE_TIMEOUT|EPIPE/, '握手没有完成'],
]
const whyOf = (e: NodeJS.ErrnoException): string => REFUSED.find(([is]) => is.test(`${e.code ?? ''} ${e.message}`))?.[1] ?? '握手失败'

/** Read and belonging together; throws what is wrong with them. */
export async function readPair(cert_path: string, key_path: string): Promise<Pem & { from_ms: number; until_ms: number; names: string }> {
  const read = async (path: string, what: string): Promise<string> => {
    try {
      return await readFile(path, 'utf8')
    } catch {
      throw new Error(`读不到${what}文件 ${path}`)
    }
  }
  const [cert, key] = [await read(cert_path, '证书'), await read(key_path, '私钥')]
  let x: X509Certificate
  try {
    x = new X509Certificate(cert)
  } catch {
    throw new Error('证书文件不是 PEM 格式的证书')
  }
  let mine: boolean
  try {
    mine = x.checkPrivateKey(createPrivateKey(key))
  } catch {
    throw new Error('私钥文件不是没有口令的 PEM 私钥')
  }
  if (!mine) throw new Error('证书与私钥不是一对')
  return { cert, key, from_ms: Date.parse(x.validFrom), until_ms: Date.parse(x.validTo), names: (x.subjectAltName ?? x.subject).replaceAll(/(DNS|IP Address):/g, '') }
}

export class TlsDoors {
  private readonly o: Parts
  private mqtt: Server | undefined
  private http: Awaited<ReturnType<Parts['openHttp']>> | undefined
  /** Of the files that were looked at last. */
  private mark = ''
  private looking: Promise<void> = Promise.resolve()
  private pair: Awaited<ReturnType<typeof readPair>> | undefined
  private why: string | null = null
  private refused = { count: 0, at_ms: 0, why: '' }
  constructor(o: Parts) {
    this.o = o
  }
  /** One after the other, and none is left behind when the doors close. */
  look(): Promise<void> {
    this.looking = this.looking.then(() => this.lookNow())
    return this.looking
  }
  private async lookNow(): Promise<void> {
    const marks = await Promise.all([this.o.cert_path, this.o.key_path].map(async (p) => stat(p).then((s) => `${s.ino} ${s.size} ${s.mtimeMs}`, () => null)))
    // No certificate: nobody wants these doors, or it has been taken away and what is open stays so.
    if (marks.every((m) => m === null)) return
    const mark = marks.join(' ')
    if (mark === this.mark) return
    this.mark = mark
    try {
      const pair = await readPair(this.o.cert_path, this.o.key_path)
      await this.take(pair)
      this.pair = pair
      this.why = null
      log('info', 'tls certificate', { until: new Date(pair.until_ms).toISOString() })
    } catch (error) {
      this.why = (error as Error).message
      log('warn', 'tls certificate not taken', { cause: this.why })
    }
  }
  private async take(pem: Pem): Promise<void> {
    if (this.mqtt && this.http) {
      for (const s of [this.mqtt, this.http.server]) s.setSecureContext({ cert: pem.cert, key: pem.key, minVersion: 'TLSv1.2' })
      return
    }
    const server = createServer({ cert: pem.cert, key: pem.key, minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_MS }, (socket) => {
      socket.on('error', () => {})
      this.o.onMqtt(socket)
    })
    server.maxConnections = CLIENTS_MAX
    this.counts(server)
    try {
      await new Promise<void>((done, failed) => {
        server.once('error', failed)
        server.listen(this.o.mqtt_port, this.o.host, done)
      })
      this.http = await this.o.openHttp(this.o.http_port, pem)
    } catch (error) {
      server.close()
      // Tried again at the next look, though the files are the same.
      this.mark = ''
      throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? new Error(`加密接入的端口 ${(error as { port?: number }).port ?? ''} 被别的程序占用`) : error
    }
    this.counts(this.http.server)
    this.mqtt = server
  }
  private counts(server: Server): void {
    server.on('tlsClientError', (e: NodeJS.ErrnoException) => {
      this.refused = { count: this.refused.count + 1, at_ms: nowMs(), why: whyOf(e) }
    })
    server.on('error', () => {})
  }
  get ports(): { mqtts: number | null; https: number | null } {
    return { mqtts: this.mqtt ? (this.mqtt.address() as { port: number }).port : null, https: this.http?.port ?? null }
  }
  state(): TlsState {
    const iso = (ms: number | undefined): string | null => (ms ? new Date(ms).toISOString() : null)
    return { open: this.mqtt !== undefined, names: this.pair?.names ?? null, valid_from: iso(this.pair?.from_ms), valid_until: iso(this.pair?.until_ms), why: this.why, refused_count: this.refused.count, refused_at: iso(this.refused.at_ms), refused_why: this.refused.why || null }
  }
  async close(): Promise<void> {
    await this.looking
    await this.http?.close()
    const { mqtt } = this
    if (mqtt) await new Promise<void>((done) => mqtt.close(() => done()))
  }
}
