// A WeChat official account (公众号, 服务号) as its documents say, and knowing nothing of our client: access tokens, web authorization, template messages,
// the report of delivery, subscribe events. It misbehaves on demand: `fault({ at: 'send', errcode: 45009 })`, `{ at: 'token', hang: true }`, `{ at: 'push', kind: 'drop' }`.
// Who somebody is to the account stands in his number, so that a restart forgets nobody: oSimNot… does not follow, oSimRef… refuses, oSimBlk… blocks the account,
// oSimMut… is never reported on.
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from '../http.ts'
import { safeRedirect } from '../wechat_sim/page.ts'
import type { MpAccount } from './account.ts'
import { eventXml, push, pushRequest } from './push.ts'

export interface MpFault {
  at: 'token' | 'oauth' | 'send' | 'info' | 'push'
  errcode?: number
  hang?: boolean
  garbage?: boolean
  kind?: 'drop' | 'double' | 'forged' | 'early'
}
export interface MpSent {
  touser: string
  template_id: string
  url?: string
  data: Record<string, { value: string }>
  msgid: number
}
interface Options {
  account: MpAccount
  push_url: () => string | null
  now: () => Date
  /** The report follows after this. */
  report_ms?: number
}
const CODE_MS = 5 * 60_000
const TOKEN_S = 7200
const BODY_MAX = 64 * 1024
const SENT_MAX = 5000
const COOKIE = 'mp_sim_user'
/** Longest value of a field by its kind (参数类别). */
const LIMITS: Record<string, number> = { thing: 20, character_string: 32, phone_number: 17, const: 20 }

const err = (errcode: number, errmsg: string) => ({ errcode, errmsg })

/** Tokens and codes: who may call, and who came. */
class Gate {
  readonly counts = { token: 0, forced: 0 }
  readonly snapshots = new Set<string>()
  readonly #o: Options
  readonly #codes = new Map<string, { openid: string; at: number; used: boolean }>()
  #live: { token: string; ends: number } | null = null
  #forced_at = 0
  constructor(o: Options) {
    this.#o = o
  }
  #now(): number {
    return this.#o.now().getTime()
  }
  /** Somebody else fetched a token: ours is worth nothing from now on. */
  drop(): void {
    this.#live = null
  }
  refuse(token: string | null): object | null {
    if (!token) return err(41001, 'access_token missing')
    if (this.#live?.token !== token) return err(40001, 'invalid credential, access_token is invalid or not latest')
    return this.#live.ends <= this.#now() ? err(42001, 'access_token expired') : null
  }
  #known(appid: unknown, secret: unknown): object | null {
    if (appid !== this.#o.account.appid) return err(40013, 'invalid appid')
    return secret === this.#o.account.app_secret ? null : err(40125, 'invalid appsecret')
  }
  stableToken(body: Record<string, unknown>): object {
    this.counts.token += 1
    const bad = this.#known(body['appid'], body['secret'])
    if (bad) return bad
    const at = this.#now()
    if (body['force_refresh'] === true) {
      if (at - this.#forced_at < 30_000) return err(45009, 'reach max api daily quota limit')
      this.#forced_at = at
      this.counts.forced += 1
      this.#live = null
    }
    if (!this.#live || this.#live.ends <= at) this.#live = { token: randomBytes(40).toString('base64url'), ends: at + TOKEN_S * 1000 }
    return { access_token: this.#live.token, expires_in: Math.floor((this.#live.ends - at) / 1000) }
  }
  newCode(openid: string): string {
    const code = randomBytes(16).toString('hex')
    this.#codes.set(code, { openid, at: this.#now(), used: false })
    return code
  }
  exchange(q: URLSearchParams): object {
    const bad = this.#known(q.get('appid'), q.get('secret'))
    if (bad) return bad
    const known = this.#codes.get(q.get('code') ?? '')
    if (!known || this.#now() - known.at > CODE_MS) return err(40029, 'invalid code')
    if (known.used) return err(40163, 'code been used')
    known.used = true
    return { access_token: randomBytes(24).toString('hex'), expires_in: TOKEN_S, refresh_token: randomBytes(24).toString('hex'), openid: known.openid, scope: 'snsapi_base', ...(this.snapshots.has(known.openid) ? { is_snapshotuser: 1 } : {}) }
  }
}

/** Messages and what is reported of them. */
class Post {
  readonly sent: MpSent[] = []
  readonly pushing = new Set<Promise<unknown>>()
  readonly #o: Options
  readonly #seen = new Map<string, number>()
  constructor(o: Options) {
    this.#o = o
  }
  #bad(touser: string, body: Record<string, unknown>, data: Record<string, { value?: unknown }>): object | null {
    if (!/^oSim\w{4,40}$/.test(touser)) return err(40003, 'invalid openid')
    if (typeof body['template_id'] !== 'string' || !/^[\w-]{20,60}$/.test(body['template_id'])) return err(40037, 'invalid template_id')
    for (const [k, v] of Object.entries(data)) {
      const max = LIMITS[k.replace(/\d+$/, '')] ?? 1000
      if (typeof v.value !== 'string' || v.value === '' || [...v.value].length > max) return err(47003, `argument invalid! data.${k}.value is invalid`)
    }
    if (touser.startsWith('oSimNot')) return err(43004, 'require subscribe')
    return touser.startsWith('oSimRef') ? err(43101, 'user refuse to accept the msg') : null
  }
  async send(body: Record<string, unknown>, push_fault: () => MpFault | undefined): Promise<object> {
    const touser = typeof body['touser'] === 'string' ? body['touser'] : ''
    const data = (body['data'] ?? {}) as Record<string, { value?: unknown }>
    const bad = this.#bad(touser, body, data)
    if (bad) return bad
    const key = typeof body['client_msg_id'] === 'string' ? `${touser} ${body['client_msg_id']}` : ''
    const before = this.#seen.get(key)
    if (before !== undefined) return { errcode: 0, errmsg: 'ok', msgid: before }
    const m: MpSent = { touser, template_id: body['template_id'] as string, ...(typeof body['url'] === 'string' ? { url: body['url'] } : {}), data: data as MpSent['data'], msgid: 200_000_000 + this.sent.length + 1 }
    if (this.sent.length < SENT_MAX) this.sent.push(m)
    if (key) this.#seen.set(key, m.msgid)
    const fault = push_fault()
    this.#report(m, fault)
    if (fault?.kind === 'early') await Promise.all(this.pushing)
    return { errcode: 0, errmsg: 'ok', msgid: m.msgid }
  }
  #report(m: MpSent, fault: MpFault | undefined): void {
    const url = this.#o.push_url()
    if (!url || fault?.kind === 'drop' || m.touser.startsWith('oSimMut')) return
    const xml = eventXml(m.touser, this.#o.now(), { Event: 'TEMPLATESENDJOBFINISH', MsgID: m.msgid, Status: m.touser.startsWith('oSimBlk') ? 'failed:user block' : 'success' })
    const p = new Promise<void>((done) => setTimeout(() => void this.#deliver(url, xml, fault).finally(done), fault?.kind === 'early' ? 0 : (this.#o.report_ms ?? 300)))
    this.pushing.add(p)
    void p.finally(() => this.pushing.delete(p))
  }
  async #deliver(url: string, xml: string, fault: MpFault | undefined): Promise<void> {
    const { account, now } = this.#o
    if (fault?.kind === 'forged') {
      const r = pushRequest(account, url, xml, now(), true)
      await fetch(r.url, { method: 'POST', body: r.body, headers: { 'content-type': 'text/xml' } }).catch(() => undefined)
      return
    }
    await push(account, url, xml, now())
    if (fault?.kind === 'double') await push(account, url, xml, now())
  }
}

const reply = (res: ServerResponse, body: object): void => void res.writeHead(200, { 'content-type': 'application/json; encoding=utf-8' }).end(JSON.stringify(body))
const read = async (req: IncomingMessage): Promise<Record<string, unknown>> => JSON.parse((await readBody(req, BODY_MAX)).toString('utf8') || '{}') as Record<string, unknown>

/** snsapi_base asks nobody: the person is who this browser's WeChat is. */
function authorize(account: MpAccount, gate: Gate, url: URL, req: IncomingMessage, res: ServerResponse): void {
  const q = url.searchParams
  const target = safeRedirect(q.get('redirect_uri'))
  const state = q.get('state') ?? ''
  if (q.get('appid') !== account.appid || q.get('response_type') !== 'code' || q.get('scope') !== 'snsapi_base' || !target || !/^[0-9a-zA-Z]{0,128}$/.test(state)) return void res.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' }).end('redirect_uri 参数错误')
  const openid = /(?:^|; )mp_sim_user=(oSim\w{4,40})/.exec(req.headers.cookie ?? '')?.[1] ?? `oSim${randomBytes(12).toString('hex')}`
  const back = new URL(target)
  back.searchParams.set('code', gate.newCode(openid))
  back.searchParams.set('state', state)
  res.writeHead(302, { location: back.toString(), 'set-cookie': `${COOKIE}=${openid}; Path=/connect; HttpOnly; SameSite=Lax; Max-Age=31536000` }).end()
}

export function makeMp(o: Options) {
  const gate = new Gate(o)
  const post = new Post(o)
  const faults: MpFault[] = []
  const take = (at: MpFault['at']): MpFault | undefined => {
    const i = faults.findIndex((f) => f.at === at)
    return i < 0 ? undefined : faults.splice(i, 1)[0]
  }
  const guarded = async (at: MpFault['at'], res: ServerResponse, run: () => object | Promise<object>): Promise<void> => {
    const f = take(at)
    if (f?.hang) return // never answered
    if (f?.garbage) return void res.end('<html>502 Bad Gateway</html>')
    reply(res, f?.errcode !== undefined ? err(f.errcode, 'simulated') : await run())
  }
  /** false: not an address of the account. */
  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    const url = new URL(req.url ?? '/', 'http://sim')
    const token = url.searchParams.get('access_token')
    const openid = url.searchParams.get('openid') ?? ''
    const body = req.method === 'POST' ? await read(req) : {}
    switch (`${req.method} ${url.pathname}`) {
      case 'POST /cgi-bin/stable_token': await guarded('token', res, () => gate.stableToken(body)); return true
      case 'GET /sns/oauth2/access_token': await guarded('oauth', res, () => gate.exchange(url.searchParams)); return true
      case 'GET /cgi-bin/user/info': await guarded('info', res, () => gate.refuse(token) ?? { subscribe: openid.startsWith('oSimNot') ? 0 : 1, openid, language: 'zh_CN' }); return true
      case 'POST /cgi-bin/message/template/send': await guarded('send', res, () => gate.refuse(token) ?? post.send(body, () => take('push'))); return true
      case 'GET /connect/oauth2/authorize': authorize(o.account, gate, url, req, res); return true
      default: return false
    }
  }
  const pushed = async (openid: string, event: 'subscribe' | 'unsubscribe'): Promise<number[]> => {
    const url = o.push_url()
    return url ? push(o.account, url, eventXml(openid, o.now(), { Event: event, EventKey: '' }), o.now()) : []
  }
  return { serve, pushed, sent: post.sent, counts: gate.counts, snapshots: gate.snapshots, newCode: (openid: string) => gate.newCode(openid), fault: (f: MpFault) => void faults.push(f), dropToken: () => gate.drop(), settled: async () => void (await Promise.all(post.pushing)) }
}
export type Mp = ReturnType<typeof makeMp>
export { mpAccount, pushUrl, setPushUrl, type MpAccount } from './account.ts'
