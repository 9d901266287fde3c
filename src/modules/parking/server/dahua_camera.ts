// Asking a Dahua (大华) ITC camera by its CGI (HTTP API, chapters magicBox, global and traffic): what it is, what time it has, its barrier by trafficSnap.cgi?action=openStrobe. It answers OK
// or Error in plain text and does not tell whether the boom moved. Its list is the TrafficRedList: read by recordFinder.cgi, changed row by row by recordUpdater.cgi. That knows action=clear,
// which takes everything: no type here has it (H9).
import { CameraHttp, ReachFault, notDone, type Reach } from './ask_camera.ts'
import type { About, Camera, ListAdd, ListDelta, Listed, Opened, Plate } from './dialect.ts'
import { secondsOf } from './hikvision.ts'
import { readPlate } from './rules/plates.ts'

const NO_CGI = 501
/** name=value lines; the last part of a name is enough here. */
export function linesOf(body: string): Map<string, string> {
  const out = new Map<string, string>()
  for (const line of body.split(/\r?\n/).slice(0, 20_000)) {
    const at = line.indexOf('=')
    if (at > 0) out.set(line.slice(0, at).trim(), line.slice(at + 1).trim())
  }
  return out
}
async function read(http: CameraHttp, path: string): Promise<Map<string, string>> {
  const told = await http.ask({ method: 'GET', path })
  if (told.status !== 200) throw new ReachFault(told.status === NO_CGI ? '这个型号没有 CGI 接口(Not Implemented)' : notDone(told.status))
  const lines = linesOf(told.body.toString('utf8'))
  if (lines.size === 0) throw new ReachFault('不是大华相机的答复')
  return lines
}
async function about(http: CameraHttp): Promise<About> {
  const info = await read(http, '/cgi-bin/magicBox.cgi?action=getSystemInfo')
  const version = await read(http, '/cgi-bin/magicBox.cgi?action=getSoftwareVersion')
  const time = await read(http, '/cgi-bin/global.cgi?action=getCurrentTime')
  return { model: (info.get('deviceType') ?? '').slice(0, 60), serial_no: (info.get('serialNumber') ?? '').slice(0, 60), firmware: (version.get('version') ?? '').split(',')[0]!.slice(0, 40), device_s: secondsOf(time.get('result') ?? ''), hosts: null }
}
async function open(http: CameraHttp, channel: number, o: { plate: string | null; ms: number }): Promise<Opened> {
  const told = await http.ask({ method: 'GET', path: `/cgi-bin/trafficSnap.cgi?action=openStrobe&channel=${channel}&info.openType=Normal&info.plateNumber=${encodeURIComponent(o.plate ?? '')}`, ms: o.ms })
  const said = told.body.toString('utf8').trim()
  if (told.status === 200 && /^ok\b/i.test(said)) return { outcome: 'accepted', note: null }
  return { outcome: 'refused', note: told.status === NO_CGI ? '这个型号没有 CGI 开闸接口(Not Implemented)' : told.status === 200 ? `相机拒绝:${said.replace(/\s+/g, ' ').slice(0, 60)}` : notDone(told.status) }
}

const LIST = 'TrafficRedList'
const PAGE = 500
const LIST_MAX = 20_000
const FULL = /full|limit|max/i
interface Found extends Listed {
  recno: number
}
async function find(http: CameraHttp, o: { at: number; plate?: Plate }): Promise<{ rows: Found[]; taken: number; total: number }> {
  const told = await http.ask({ method: 'GET', path: `/cgi-bin/recordFinder.cgi?action=find&name=${LIST}&count=${PAGE}${o.at > 0 ? `&offset=${o.at}` : ''}${o.plate ? `&condition.PlateNumber=${encodeURIComponent(o.plate)}` : ''}` })
  if (told.status !== 200) throw new ReachFault(notDone(told.status))
  const lines = linesOf(told.body.toString('utf8'))
  const taken = Number.parseInt(lines.get('found') ?? '', 10)
  if (!(taken >= 0)) throw new ReachFault('名单读不出')
  const rows: Found[] = []
  for (let i = 0; i < Math.min(taken, PAGE); i++) {
    const of = (k: string): string => lines.get(`records[${i}].${k}`) ?? ''
    const [plate, recno] = [readPlate(of('PlateNumber')), Number.parseInt(of('RecNo'), 10)]
    // One that opens nothing is as good as not there.
    if (plate && recno >= 0 && of('AuthorityList.OpenGate') !== 'false') rows.push({ plate, recno, until: of('CancelTime') })
  }
  return { rows, taken, total: Number.parseInt(lines.get('totalCount') ?? '', 10) || taken }
}
async function list(http: CameraHttp): Promise<Listed[]> {
  const out = new Map<string, Listed>()
  for (let at = 0; at < LIST_MAX; ) {
    const page = await find(http, { at })
    const before = out.size
    for (const r of page.rows) out.set(r.plate, { plate: r.plate, until: r.until })
    at += page.taken
    // Firmware without paging gives the first page for ever.
    if (page.taken === 0 || at >= page.total || out.size === before) break
  }
  return [...out.values()]
}
type Change = { action: 'insert'; row: ListAdd } | { action: 'update'; recno: number; row: ListAdd } | { action: 'remove'; recno: number }
async function change(http: CameraHttp, o: Change): Promise<void> {
  const row = 'row' in o ? `&PlateNumber=${encodeURIComponent(o.row.plate)}&MasterOfCar=heyuan&BeginTime=${encodeURIComponent(o.row.from)}&CancelTime=${encodeURIComponent(o.row.to)}&AuthorityList.OpenGate=true` : ''
  const told = await http.ask({ method: 'GET', path: `/cgi-bin/recordUpdater.cgi?action=${o.action}&name=${LIST}${'recno' in o ? `&recno=${o.recno}` : ''}${row}` })
  const said = told.body.toString('utf8').trim().replace(/\s+/g, ' ').slice(0, 60)
  if (told.status === 200 && /^(ok\b|recno=)/i.test(said)) return
  throw new ReachFault(FULL.test(said) ? '相机的名单已满' : told.status === 200 ? `相机拒绝:${said}` : notDone(told.status))
}
async function changeAll(http: CameraHttp, d: ListDelta): Promise<void> {
  for (const x of 'add' in d ? d.add : d.remove) {
    const plate = typeof x === 'string' ? x : x.plate
    const there = (await find(http, { at: 0, plate })).rows.filter((r) => r.plate === plate)
    if (typeof x === 'string') for (const r of there) await change(http, { action: 'remove', recno: r.recno })
    else if (there[0]) await change(http, { action: 'update', recno: there[0].recno, row: x })
    else await change(http, { action: 'insert', row: x })
  }
}
export function dahuaCamera(r: Reach, channel: number): Camera {
  const http = new CameraHttp(r)
  return { about: () => about(http), open: (o) => open(http, channel, o), list: () => list(http), change: (d) => changeAll(http, d), mend: null }
}
