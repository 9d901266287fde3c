// Out to an address that somebody typed in: never into our own network. The name is resolved once, every address it has is looked at, and the connection goes to
// that address (a name that answers differently the second time gains nothing). Redirects are not followed. HEYUAN_HOOK_ALLOW opens hosts or networks: 'erp.local,10.2.0.0/16'.
import { lookup } from 'node:dns/promises'
import { request as plain } from 'node:http'
import { request as secure } from 'node:https'
import { BlockList, isIP } from 'node:net'
import { nowMs } from '../../../kernel/clock.ts'

const TIMEOUT_MS = 10_000
const BODY_MAX = 4096
const PRIVATE = new BlockList()
for (const [net, bits] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4]] as const) PRIVATE.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [['::', 128], ['::1', 128], ['64:ff9b::', 96], ['100::', 64], ['2001:db8::', 32], ['2002::', 16], ['fc00::', 7], ['fe80::', 10], ['ff00::', 8]] as const) PRIVATE.addSubnet(net, bits, 'ipv6')

interface Allowed {
  hosts: Set<string>
  nets: BlockList
}
function allowedOf(text: string): Allowed {
  const hosts = new Set<string>()
  const nets = new BlockList()
  for (const part of text.split(',').map((x) => x.trim().toLowerCase()).filter(Boolean)) {
    const [net, bits] = part.split('/')
    const family = isIP(net ?? '')
    if (family === 0) hosts.add(part)
    else nets.addSubnet(net!, bits === undefined ? (family === 4 ? 32 : 128) : Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  }
  return { hosts, nets }
}
/** An IPv4 address in the clothes of IPv6 is an IPv4 address. */
const bare = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
export function isPrivate(address: string): boolean {
  const a = bare(address)
  const family = isIP(a)
  // ::ffff: in hexadecimal, and what is no address at all, is not let through either.
  return family === 0 || /^::ffff:/i.test(a) || PRIVATE.check(a, family === 4 ? 'ipv4' : 'ipv6')
}
/** Why an address must not be used, or the address to connect to. */
export async function wayTo(url: string, allow = process.env['HEYUAN_HOOK_ALLOW'] ?? ''): Promise<{ ok: true; address: string; family: number } | { ok: false; why: string }> {
  const u = new URL(url)
  const host = u.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const { hosts, nets } = allowedOf(allow)
  const found = await lookup(host, { all: true }).catch(() => [])
  if (found.length === 0) return { ok: false, why: '域名解析不到' }
  const open = (address: string, family: number): boolean => hosts.has(host) || nets.check(bare(address), isIP(bare(address)) === 4 || family === 4 ? 'ipv4' : 'ipv6')
  for (const f of found) if (isPrivate(f.address) && !open(f.address, f.family)) return { ok: false, why: '是本机或内网地址;确需推送到内网,请由安装人员放行(HEYUAN_HOOK_ALLOW)' }
  if (u.protocol === 'http:' && !found.every((f) => open(f.address, f.family))) return { ok: false, why: '外网地址要用 https' }
  if (u.username || u.password) return { ok: false, why: '地址里不能带账号' }
  return { ok: true, address: found[0]!.address, family: found[0]!.family }
}
export interface Sent {
  status_code: number | null
  took_ms: number
  why: string | null
}
export async function post(url: string, headers: Record<string, string>, body: string): Promise<Sent> {
  const begun = nowMs()
  const took = (): number => nowMs() - begun
  const way = await wayTo(url)
  if (!way.ok) return { status_code: null, took_ms: took(), why: way.why }
  const u = new URL(url)
  return new Promise((done) => {
    const end = (status_code: number | null, why: string | null): void => done({ status_code, took_ms: took(), why })
    const req = (u.protocol === 'https:' ? secure : plain)(u, { method: 'POST', headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) }, timeout: TIMEOUT_MS, signal: AbortSignal.timeout(TIMEOUT_MS), lookup: (_host, o, cb) => (o.all ? (cb as unknown as (e: null, a: { address: string; family: number }[]) => void)(null, [{ address: way.address, family: way.family }]) : cb(null, way.address, way.family)) }, (res) => {
      let seen = 0
      res.on('data', (b: Buffer) => ((seen += b.length) > BODY_MAX ? res.destroy() : undefined))
      res.on('close', () => end(res.statusCode ?? null, res.statusCode !== undefined && res.statusCode >= 200 && res.statusCode < 300 ? null : `对方应答 ${res.statusCode}`))
      res.on('error', () => {})
    })
    req.on('error', (e) => end(null, e.name === 'TimeoutError' || e.name === 'AbortError' ? '10 秒没有应答' : `连接失败:${(e as NodeJS.ErrnoException).code ?? e.message}`))
    req.end(body)
  })
}
