// The page of a Vzenith (臻识) camera on the local network, as far as its white list is read by it: POST /dbopr.php with white_list_operator, by pages. Reads only; there is
// no value here that changes a list. Signed in by Basic or Digest (RFC 7616, MD5 as these cameras have it).
import { createHash, randomBytes } from 'node:crypto'
import { readPlate } from './rules/plates.ts'

export interface Reach {
  address: string
  user: string
  password: string
}
export interface Listed {
  plate: string
  /** Last moment, as the camera has it: local time. */
  until: string
}
const PAGE = 50
const LIST_MAX = 20_000
const WAIT_MS = 5000
const BODY_MAX = 1_000_000

export class ReachFault extends Error {}
const md5 = (s: string): string => createHash('md5').update(s).digest('hex')
function digest(header: string, r: Reach, path: string, n: number): string {
  const part = (k: string): string => new RegExp(`${k}="?([^",]+)"?`).exec(header)?.[1] ?? ''
  const [realm, nonce, qop, opaque] = [part('realm'), part('nonce'), part('qop').split(',')[0]!, part('opaque')]
  const cnonce = randomBytes(8).toString('hex')
  const nc = String(n).padStart(8, '0')
  const ha1 = md5(`${r.user}:${realm}:${r.password}`)
  const ha2 = md5(`POST:${path}`)
  const response = qop ? md5(`${ha1}:${nonce}:${nc}:${cnonce}:${qop}:${ha2}`) : md5(`${ha1}:${nonce}:${ha2}`)
  return `Digest username="${r.user.replaceAll('"', '')}", realm="${realm}", nonce="${nonce}", uri="${path}", response="${response}"${qop ? `, qop=${qop}, nc=${nc}, cnonce="${cnonce}"` : ''}${opaque ? `, opaque="${opaque}"` : ''}`
}
type Loose = Record<string, unknown>
export class CameraPage {
  private readonly r: Reach
  private challenge: string | null = null
  private n = 0
  constructor(r: Reach) {
    this.r = r
  }
  private async ask(body: Loose): Promise<Loose> {
    const url = new URL('/dbopr.php', this.r.address)
    const send = async (auth: string | null) =>
      fetch(url, { method: 'POST', redirect: 'manual', signal: AbortSignal.timeout(WAIT_MS), headers: { 'content-type': 'application/json', ...(auth ? { authorization: auth } : {}) }, body: JSON.stringify(body) })
    const signed = (): string | null => (this.challenge ? (this.challenge.toLowerCase().startsWith('digest') ? digest(this.challenge, this.r, url.pathname, ++this.n) : `Basic ${Buffer.from(`${this.r.user}:${this.r.password}`).toString('base64')}`) : null)
    let answer: Response
    try {
      answer = await send(signed())
      if (answer.status === 401 && answer.headers.get('www-authenticate')) {
        await answer.body?.cancel()
        this.challenge = answer.headers.get('www-authenticate')
        answer = await send(signed())
      }
    } catch (error) {
      throw new ReachFault(error instanceof Error && error.name === 'TimeoutError' ? '相机没有应答' : '连不上相机')
    }
    if (answer.status === 401 || answer.status === 403) throw new ReachFault('账号或密码不对')
    if (answer.status !== 200) throw new ReachFault(`相机答复 ${answer.status}`)
    const text = await answer.text()
    if (text.length > BODY_MAX) throw new ReachFault('答复过长')
    try {
      const v: unknown = JSON.parse(text)
      if (typeof v === 'object' && v !== null && (v as Loose)['state_code'] === 200) return v as Loose
    } catch {
      // said below
    }
    throw new ReachFault('不是臻识相机的答复')
  }
  /** The whole list, page by page; what changes meanwhile may be missed or come twice, which the next reading shows. */
  async list(): Promise<Listed[]> {
    const count = (await this.ask({ cmd: 'white_list_operator', id: '1', operator_type: 'select_count_by_plate', plate: '' }))['total_count']
    if (typeof count !== 'number' || count < 0 || count > LIST_MAX) throw new ReachFault('名单条数读不出')
    const out = new Map<string, Listed>()
    for (let at = 0; at < count; at += PAGE) {
      const rows = (await this.ask({ cmd: 'white_list_operator', id: '1', operator_type: 'select_fuzzy', plate: '', start_pos: at, select_count: PAGE }))['dldb_rec']
      if (!Array.isArray(rows)) throw new ReachFault('名单读不出')
      for (const x of rows as Loose[]) {
        const plate = typeof x['plate'] === 'string' ? readPlate(x['plate']) : null
        // One that is switched off opens nothing: as good as not there.
        if (plate && x['enable'] !== 0) out.set(plate, { plate, until: typeof x['overdue_time'] === 'string' ? x['overdue_time'] : '' })
      }
    }
    return [...out.values()]
  }
}
