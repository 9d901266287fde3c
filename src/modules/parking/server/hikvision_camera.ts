// Asking a Hikvision (海康) camera by ISAPI: what it is, what time it has, where it pushes to, and its barrier: PUT /ISAPI/Parking/channels/<n>/barrierGate. That it takes the
// order proves nothing: a locked barrier answers OK and stays down. So its position is read afterwards where it has one (barrierGateStatus: 0 no signal, 1 down, 2 up).
// Its list: licensePlateAuditData/record adds or changes by plate, searchLPListAudit reads by pages, DelLicensePlateAuditData takes away by the record's own id (as text: by number it says OK
// and keeps it). Its deleteAllEnabled is false by type: nothing here can say anything else (H9).
import { setTimeout as sleep } from 'node:timers/promises'
import { child, count, readXml, value, type Node } from '../../../kernel/small_xml.ts'
import { CameraHttp, ReachFault, notDone, type Reach, type Told } from './ask_camera.ts'
import type { About, Camera, ListAdd, ListDelta, Listed, Opened, Plate } from './dialect.ts'
import { escaped, obj, plainOf, secondsOf, text, xmlOf, type Loose } from './hikvision.ts'
import { readPlate } from './rules/plates.ts'

const LIST_FULL = '相机的名单已满'
const NOT_ISAPI = '不是海康相机的答复'
/** A boom needs one to six seconds. */
const LOOKS_MS = [0, 700, 1500, 2500]
const HOSTS_MAX = 8

function read(told: Told, root: string): Loose {
  const n = told.status === 200 ? readXml(told.body) : null
  if (!n || n.name !== root) throw new ReachFault(told.status === 200 ? NOT_ISAPI : notDone(told.status))
  return obj(plainOf(n))
}
/** What a ResponseStatus (XML, or JSON where JSON was sent) says against it; null: it was done. */
function refusal(told: Told): string | null {
  const n = readXml(told.body)
  let s: Loose | null = n?.name === 'ResponseStatus' ? obj(plainOf(n)) : null
  if (!n) {
    try {
      s = obj(JSON.parse(told.body.toString('utf8')))
    } catch {
      s = null
    }
  }
  if (told.status === 200 && s && text(s['statusCode']) === '1') return null
  const sub = s ? text(s['subStatusCode'], 40) || text(s['statusString'], 40) : ''
  if (/overlimit|full/i.test(sub)) return LIST_FULL
  return sub ? `相机拒绝:${sub}` : notDone(told.status)
}
async function about(http: CameraHttp): Promise<About> {
  const info = read(await http.ask({ method: 'GET', path: '/ISAPI/System/deviceInfo' }), 'DeviceInfo')
  const time = read(await http.ask({ method: 'GET', path: '/ISAPI/System/time' }), 'Time')
  const told = await http.ask({ method: 'GET', path: '/ISAPI/Event/notification/httpHosts' })
  const list = told.status === 200 ? readXml(told.body) : null
  const hosts = list?.name === 'HttpHostNotificationList' ? list.children.filter((k) => k.name === 'HttpHostNotification').slice(0, HOSTS_MAX).map((k) => hostOf(obj(plainOf(k)))) : null
  return { model: text(info['model'], 60), serial_no: text(info['serialNumber'], 60), firmware: text(info['firmwareVersion'], 40), device_s: secondsOf(text(time['localTime'])), hosts }
}
function hostOf(h: Loose): { id: string; url: string } {
  const [url, host] = [text(h['url'], 300), text(h['ipAddress'], 100) || text(h['hostName'], 100) || text(h['ipv4Address'], 100)]
  if (/^https?:\/\//i.test(url)) return { id: text(h['id'], 10), url }
  // Switched off: no path, or nobody's address.
  return { id: text(h['id'], 10), url: url && host && host !== '0.0.0.0' ? `${text(h['protocolType']).toLowerCase() || 'http'}://${host}:${text(h['portNo']) || '80'}${url.startsWith('/') ? '' : '/'}${url}` : '' }
}
async function position(http: CameraHttp, channel: number): Promise<string> {
  const told = await http.ask({ method: 'GET', path: `/ISAPI/Parking/channels/${channel}/barrierGate/barrierGateStatus`, ms: 2000 })
  const n = told.status === 200 ? readXml(told.body) : null
  return n ? text(obj(plainOf(n))['barrierGateStatus']) : ''
}
async function open(http: CameraHttp, channel: number, ms: number): Promise<Opened> {
  const told = await http.ask({ method: 'PUT', path: `/ISAPI/Parking/channels/${channel}/barrierGate`, body: xmlOf('BarrierGate', '<ctrlMode>open</ctrlMode>'), ms })
  const no = refusal(told)
  if (no) return { outcome: 'refused', note: no }
  for (const wait of LOOKS_MS) {
    await sleep(wait)
    const is = await position(http, channel).catch(() => '')
    if (is === '2') return { outcome: 'opened', note: null }
    if (is !== '1') return { outcome: 'accepted', note: '道闸没有位置信号,是否开到位要看现场' }
  }
  return { outcome: 'accepted', note: '位置信号仍是关,道闸可能被锁定,请看现场' }
}

declare const IS_RECORD: unique symbol
/** The camera's own name of a row of its list. */
type RecordId = string & { [IS_RECORD]: true }
interface DeleteAsk {
  id: readonly [RecordId, ...RecordId[]]
  deleteAllEnabled: false
}
interface Found extends Listed {
  id: RecordId
}
const PAGE = 100
const LIST_MAX = 20_000
/** One page of its list, or of what it has of one plate; `total` as it counts. */
async function search(http: CameraHttp, channel: number, o: { at: number; plate?: Plate }): Promise<{ rows: Found[]; taken: number; total: number }> {
  const body = xmlOf('LPListAuditSearchDescription', `<searchID>1</searchID><maxResults>${PAGE}</maxResults><searchResultPosition>${o.at}</searchResultPosition>${o.plate ? `<LicensePlate>${escaped(o.plate)}</LicensePlate>` : ''}`)
  const told = await http.ask({ method: 'POST', path: `/ISAPI/Traffic/channels/${channel}/searchLPListAudit`, body })
  const root = told.status === 200 ? readXml(told.body) : null
  if (root?.name !== 'LPListAuditSearchResult') throw new ReachFault(told.status === 200 ? NOT_ISAPI : notDone(told.status))
  const list = child(root, 'LicensePlateInfoList')
  const all = list?.children.filter((k) => k.name === 'LicensePlateInfo') ?? []
  return { rows: all.flatMap(foundIn), taken: all.length, total: count(list, 'totalMatches') ?? count(root, 'totalMatches') ?? all.length }
}
function foundIn(n: Node): Found[] {
  const [plate, id, kind] = [readPlate(value(n, 'LicensePlate')), value(n, 'id'), value(n, 'type') || value(n, 'listType')]
  return plate && id && /^(white|allow)list$/i.test(kind) ? [{ plate, id: id as RecordId, until: value(n, 'effectiveTime') }] : []
}
async function list(http: CameraHttp, channel: number): Promise<Listed[]> {
  const out = new Map<string, Listed>()
  for (let at = 0; at < LIST_MAX; ) {
    const page = await search(http, channel, { at })
    for (const r of page.rows) out.set(r.plate, { plate: r.plate, until: r.until })
    at += page.taken
    if (page.taken === 0 || at >= page.total) break
  }
  return [...out.values()]
}
/** Both words are in use, by generation: whoever refuses the one takes the other. */
const KINDS = ['whiteList', 'allowList'] as const
async function add(http: CameraHttp, channel: number, rows: readonly ListAdd[]): Promise<void> {
  let no: string | null = null
  for (const listType of KINDS) {
    const LicensePlateInfoList = rows.map((r) => ({ LicensePlate: r.plate, listType, createTime: r.from.replace(' ', 'T'), effectiveStartDate: r.from.slice(0, 10), effectiveTime: r.to.replace(' ', 'T'), id: '' }))
    no = refusal(await http.ask({ method: 'PUT', path: `/ISAPI/Traffic/channels/${channel}/licensePlateAuditData/record?format=json`, type: 'application/json', body: JSON.stringify({ LicensePlateInfoList }) }))
    if (no === null || no === LIST_FULL) break
  }
  if (no) throw new ReachFault(no)
}
async function remove(http: CameraHttp, channel: number, plates: readonly Plate[]): Promise<void> {
  for (const plate of plates) {
    const [first, ...rest] = (await search(http, channel, { at: 0, plate })).rows.filter((r) => r.plate === plate).map((r) => r.id)
    if (!first) continue
    const ask: DeleteAsk = { id: [first, ...rest], deleteAllEnabled: false }
    const no = refusal(await http.ask({ method: 'PUT', path: `/ISAPI/Traffic/channels/${channel}/DelLicensePlateAuditData?format=json`, type: 'application/json', body: JSON.stringify(ask) }))
    if (no) throw new ReachFault(no)
  }
}
/** The listener set again: in the place that is ours already, else in one that is free; another platform's is left alone. */
async function mend(http: CameraHttp, to: URL): Promise<void> {
  const hosts = (await about(http)).hosts ?? []
  const place = hosts.find((h) => h.url.endsWith(to.pathname)) ?? hosts.find((h) => !h.url) ?? (hosts.length === 0 ? { id: '1' } : undefined)
  if (!place) throw new ReachFault('监听地址都被别的平台占用,请先在相机上删除一个')
  const name = /^[\d.]+$/.test(to.hostname)
  const inner = `<id>${escaped(place.id)}</id><url>${escaped(to.pathname)}</url><protocolType>${to.protocol === 'https:' ? 'HTTPS' : 'HTTP'}</protocolType><parameterFormatType>XML</parameterFormatType><addressingFormatType>${name ? 'ipaddress' : 'hostname'}</addressingFormatType>${name ? `<ipAddress>${to.hostname}</ipAddress>` : `<hostName>${escaped(to.hostname)}</hostName>`}<portNo>${to.port || (to.protocol === 'https:' ? 443 : 80)}</portNo><httpAuthenticationMethod>none</httpAuthenticationMethod>`
  const no = refusal(await http.ask({ method: 'PUT', path: `/ISAPI/Event/notification/httpHosts/${encodeURIComponent(place.id)}`, body: xmlOf('HttpHostNotification', inner) }))
  if (no) throw new ReachFault(no)
}
export function hikvisionCamera(r: Reach, channel: number): Camera {
  const http = new CameraHttp(r)
  return {
    about: () => about(http),
    open: ({ ms }) => open(http, channel, ms),
    list: () => list(http, channel),
    change: (d: ListDelta) => ('add' in d ? add(http, channel, d.add) : remove(http, channel, d.remove)),
    mend: (to) => mend(http, to),
  }
}
