// Asking a Hikvision (海康) camera by ISAPI: what it is, what time it has, where it pushes to, and its barrier: PUT /ISAPI/Parking/channels/<n>/barrierGate. That it takes the
// order proves nothing: a locked barrier answers OK and stays down. So its position is read afterwards where it has one (barrierGateStatus: 0 no signal, 1 down, 2 up).
import { setTimeout as sleep } from 'node:timers/promises'
import { readXml } from '../../../kernel/small_xml.ts'
import { CameraHttp, ReachFault, notDone, type Reach, type Told } from './ask_camera.ts'
import type { About, Camera, Opened } from './dialect.ts'
import { obj, plainOf, secondsOf, text, xmlOf, type Loose } from './hikvision.ts'

const NOT_ISAPI = '不是海康相机的答复'
/** A boom needs one to six seconds. */
const LOOKS_MS = [0, 700, 1500, 2500]
const HOSTS_MAX = 8

function read(told: Told, root: string): Loose {
  const n = told.status === 200 ? readXml(told.body) : null
  if (!n || n.name !== root) throw new ReachFault(told.status === 200 ? NOT_ISAPI : notDone(told.status))
  return obj(plainOf(n))
}
/** What a ResponseStatus says against it; null: it was done. */
function refusal(told: Told): string | null {
  const n = readXml(told.body)
  const s = n?.name === 'ResponseStatus' ? obj(plainOf(n)) : null
  if (told.status === 200 && s && text(s['statusCode']) === '1') return null
  return s ? `相机拒绝:${text(s['subStatusCode'], 40) || text(s['statusString'], 40) || told.status}` : notDone(told.status)
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
  return { id: text(h['id'], 10), url: host ? `${text(h['protocolType']).toLowerCase() || 'http'}://${host}:${text(h['portNo']) || '80'}${url.startsWith('/') ? '' : '/'}${url}` : '' }
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
export function hikvisionCamera(r: Reach, channel: number): Camera {
  const http = new CameraHttp(r)
  return { about: () => about(http), open: ({ ms }) => open(http, channel, ms), list: null }
}
