// MANSCDP (GB/T 28181-2016 annex A): small XML in GB2312, GB18030 or UTF-8.
import { child, value, type Node } from '../../../../kernel/small_xml.ts'

/** What goes out is digits and Latin letters, the same in every encoding. */
export function writeXml(root: 'Query' | 'Control' | 'Response' | 'Notify', fields: readonly (readonly [string, string])[]): Buffer {
  const safe = (s: string): string => s.replace(/[<>&"']/g, '').replace(/[^\x20-\x7e]/g, '')
  return Buffer.from(`<?xml version="1.0" encoding="GB2312"?>\r\n<${root}>\r\n${fields.map(([k, v]) => `<${k}>${safe(v)}</${k}>`).join('\r\n')}\r\n</${root}>\r\n`, 'latin1')
}
export interface Channel {
  code: string
  name: string
  maker: string
  model: string
  ptz: boolean
  on: boolean
}
/** 131 IPC, 132 camera, 118 and 111 recorders are folders here; organisations (215, 216) and alarm inputs (134) are no cameras. */
const CAMERA_KINDS = new Set(['131', '132'])
export const CODE = /^\d{20}$/
export function readChannel(item: Node): Channel | null {
  const code = value(item, 'DeviceID')
  if (!CODE.test(code) || !CAMERA_KINDS.has(code.slice(10, 13))) return null
  const ptz = value(item, 'PTZType') || value(child(item, 'Info'), 'PTZType')
  // 1 dome, 4 a fixed one with a head by remote control; 2 half dome and 3 fixed do not turn.
  return { code, name: value(item, 'Name').slice(0, 60) || code, maker: value(item, 'Manufacturer').slice(0, 40), model: value(item, 'Model').slice(0, 40), ptz: ptz === '1' || ptz === '4', on: value(item, 'Status').toUpperCase() !== 'OFF' }
}
/** Times of the standard have no zone: the community's, which is that of all China. */
export const localTime = (ms: number): string => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19)
export function readTime(v: string): number | null {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?$/.test(v) ? Date.parse(`${v.slice(0, 19)}+08:00`) : NaN
  return Number.isFinite(ms) ? ms : null
}
const METHODS: Record<string, string> = { 1: '电话报警', 2: '设备报警', 3: '短信报警', 4: '定位报警', 5: '视频报警', 6: '设备故障报警', 7: '其他报警' }
const TYPES: Record<string, Record<string, string>> = {
  2: { 1: '视频丢失', 2: '设备防拆', 3: '存储设备磁盘满', 4: '设备高温', 5: '设备低温' },
  5: { 1: '人工视频报警', 2: '运动目标检测', 3: '遗留物检测', 4: '物体移除', 5: '绊线检测', 6: '入侵检测', 7: '逆行检测', 8: '徘徊检测', 9: '流量统计', 10: '密度检测', 11: '视频异常', 12: '快速移动', 13: '图像遮挡' },
  6: { 1: '存储设备磁盘故障', 2: '存储设备风扇故障' },
}
export interface Alarm {
  code: string
  sn: string
  level: 'critical' | 'major' | 'minor' | 'notice'
  method: string
  type: string
  title: string
  at_ms: number | null
  said: string
}
const LEVEL: Record<string, Alarm['level']> = { 1: 'critical', 2: 'major', 3: 'minor', 4: 'notice' }
export function readAlarm(n: Node): Alarm | null {
  const code = value(n, 'DeviceID')
  if (!CODE.test(code)) return null
  const [method, type] = [value(n, 'AlarmMethod'), value(child(n, 'Info'), 'AlarmType') || value(n, 'AlarmType')]
  return {
    code, sn: value(n, 'SN').slice(0, 20), level: LEVEL[value(n, 'AlarmPriority')] ?? 'minor', method: /^[1-7]$/.test(method) ? method : '7', type: /^\d{1,3}$/.test(type) ? type : '',
    title: TYPES[method]?.[type] ?? METHODS[method] ?? '报警', at_ms: readTime(value(n, 'AlarmTime')), said: value(n, 'AlarmDescription').slice(0, 100),
  }
}
export interface Record_ {
  from_ms: number
  to_ms: number
}
export function readRecord(item: Node): Record_ | null {
  const [from_ms, to_ms] = [readTime(value(item, 'StartTime')), readTime(value(item, 'EndTime'))]
  return from_ms === null || to_ms === null || to_ms <= from_ms ? null : { from_ms, to_ms }
}
