// Smart devices of the sample: what stands where, and what each measures as a function of time, so that the simulators, and what they send afterwards
// of the days before they were heard, agree. Secrets are of the sample only.
import { nowMs } from '../../kernel/clock.ts'
import { WATER_BUILDINGS } from './buildings.ts'
import { ESTATE_MAIN, LIT_BUILDINGS, buildingMain, lightMeter } from './mains.ts'
import type { CommunityKey } from './shapes.ts'

export interface SmartDevice {
  no: string
  product: string
  name: string
  place: string
  community: CommunityKey
  building_no?: string
  /** Name in the ledger of equipment. */
  equipment?: string
  /** Stands there but never speaks: its battery is flat. */
  mute?: boolean
  broken?: boolean
  /** The n-th house of the building whose meters are heard from afar. */
  house_no?: number
  /** How far back it tells when it is heard the first time; a week by the half hour without. */
  back?: { days: number; step_h: number }
}
export const secretOf = (no: string): string => `yangli-shebei-${no.toLowerCase()}`
const lamp = (n: number, place: string, broken = false): SmartDevice => ({ no: `LD-${String(n).padStart(3, '0')}`, product: 'street_lamp', name: `${place}路灯`, place, community: 'garden', ...(broken ? { broken } : {}) })
/** Public current by use: kW on the mean, and how it goes through the day. */
const PUBLIC_POWER = [['DB-001', '东区水泵房电表', '东区水泵房'], ['DB-002', '西区水泵房电表', '西区水泵房'], ['DB-003', '地下车库照明电表', '地下车库'], ['DB-004', '物业办公用电表', '物业服务中心']] as const
const POWER: Record<string, (h: number) => number> = { 'DB-001': (h) => 3 + 9 * life(h), 'DB-002': (h) => 2.5 + 7 * life(h), 'DB-003': (h) => (h > 6 && h < 23 ? 6 : 2.4), 'DB-004': (h) => (h > 8 && h < 18 ? 8.5 : 1.1) }
export const smartDevices: readonly SmartDevice[] = [
  { no: 'KQ-001', product: 'air', name: '中心广场空气站', place: '中心广场', community: 'garden' },
  { no: 'WS-001', product: 'temp_hum', name: '一号配电室温湿度', place: '一号配电室', community: 'garden' },
  { no: 'WS-002', product: 'temp_hum', name: '二号配电室温湿度', place: '二号配电室', community: 'garden' },
  { no: 'WS-003', product: 'temp_hum', name: '消防控制室温湿度', place: '消防控制室', community: 'garden' },
  { no: 'CK-001', product: 'co_garage', name: '地下车库东区一氧化碳', place: '地下车库东区', community: 'garden' },
  { no: 'CK-002', product: 'co_garage', name: '地下车库西区一氧化碳', place: '地下车库西区', community: 'garden' },
  { no: 'SB-001', product: 'pump_room', name: '东区生活水泵房', place: '东区水泵房', community: 'garden', equipment: '东区变频供水设备' },
  { no: 'SB-002', product: 'pump_room', name: '西区生活水泵房', place: '西区水泵房', community: 'garden', equipment: '西区变频供水设备' },
  { no: 'JS-001', product: 'sump', name: '车库 1 号集水井', place: '地下车库东区坡道', community: 'garden' },
  { no: 'JS-002', product: 'sump', name: '车库 2 号集水井', place: '地下车库西区坡道', community: 'garden', mute: true },
  { no: 'PD-001', product: 'power_room', name: '一号变压器', place: '一号配电室', community: 'garden', equipment: '一号配电室变压器' },
  { no: 'PD-002', product: 'power_room', name: '二号变压器', place: '二号配电室', community: 'garden', equipment: '二号配电室变压器' },
  { no: 'YG-001', product: 'smoke', name: '消防控制室烟感', place: '消防控制室', community: 'garden' },
  lamp(1, '南门'), lamp(2, '中心广场'), lamp(3, '东区环路'), lamp(4, '西区环路', true),
  ...PUBLIC_POWER.map(([no, name, place]): SmartDevice => ({ no, product: 'smart_power', name, place, community: 'garden', back: { days: 65, step_h: 6 } })),
  // Of houses of one building, one after the other: a cistern that leaks, one that never stops, a burst now and then, one that stands, and such as live.
  ...Array.from({ length: 10 }, (_, i): SmartDevice => ({ no: `NB-${String(i + 1).padStart(3, '0')}`, product: 'nb_water', name: '户用水表', place: '水表井', community: 'garden', house_no: i, back: { days: 24, step_h: 1 } })),
  ...(['15', '16'] as const).flatMap((b) => [1, 2].map((u): SmartDevice => ({ no: `DT-${b}${u}`, product: 'lift', name: `${b}栋${u}单元客梯`, place: `${b}栋${u}单元`, community: 'heshun', building_no: b, equipment: `${b}栋${u}单元客梯` }))),
]

/** What is heard by ways of others: meters through an operator's platform (named by their IMEI), and the devices of the street of shops behind its manager's broker. */
export const operatorPlan = { name: '电信 NB 水表', kind: 'ctwing', product: 'nb_water_188', devices: [['862592051600011', 'NBY-001', '东区绿化取水表', '东区绿化泵坑', 0.35], ['862592051600029', 'NBY-002', '景观水池补水表', '中心广场水池', 0.22], ['862592051600037', 'NBY-003', '保洁取水表', '垃圾房', 0.08]] } as const
export const operatorMeters = operatorPlan.devices.map(([imei, no, name, place, per_hour]) => ({ imei, no, name, place, per_hour }))
/** Hundredths of a cubic metre. */
export const meterStands = (m: { imei: string; per_hour: number }, ms: number): number => Math.floor((400 + Number(m.imei.slice(-3)) + m.per_hour * mainRan(ms, false) * 0.1) * 100)
export const brokerPlan = { name: '商业街 MQTT', prefix: 'street/a', user: 'heyuan', password: 'yangli-mqtt-shangjie' } as const
export const brokerDevices: readonly SmartDevice[] = [
  { no: 'SJ-001', product: 'street_lamp', name: '商业街东段景观灯', place: '商业街东段', community: 'garden' }, { no: 'SJ-002', product: 'street_lamp', name: '商业街西段景观灯', place: '商业街西段', community: 'garden' }, { no: 'SJ-003', product: 'temp_hum', name: '商业街配电间温湿度', place: '商业街配电间', community: 'garden' },
]
/** What the meters on buses were before anybody listened, put in afterwards as from their own logs: six weeks and more by the quarter of a day, the last days by the hour. */
export function logTimes(now_ms: number): number[] {
  const [days, by_hour] = [65, 4]
  const midnight = now_ms - ((now_ms + 8 * HOUR_MS) % (24 * HOUR_MS))
  const out = Array.from({ length: days }, (_, i) => [5 * 60 + 50, 12 * 60, 18 * 60, 22 * 60 + 50].map((m) => midnight - (days - i + by_hour - 1) * 24 * HOUR_MS + m * 60_000)).flat()
  for (let ms = midnight - (by_hour - 1) * 24 * HOUR_MS; ms < now_ms - 60_000; ms += HOUR_MS) out.push(ms)
  return out
}

/** Known by the address in their frames (TCP): the fire panel's transmission device, a station at the north gate, and the old panel of the garage, which has only a printer. */
export const framedDevices = [
  { no: 'XF-001', product: 'fire_panel', name: '消防控制室传输装置', place: '消防控制室', address: '260100000001' },
  { no: 'KQ-002', product: 'hj212_air', name: '北门环境监测站', place: '北门', address: 'HY2601000000000001' },
  { no: 'XF-002', product: 'fire_printer', name: '地下车库消防主机', place: '地下车库值班室', address: 'XFZJ-02' },
] as const
export const stationValues = (at_ms: number): Record<string, number> => {
  const [x, h] = [noise('KQ-002', Math.floor(at_ms / 60_000)), (at_ms / HOUR_MS + 8) % 24]
  return { a34004: Math.round(28 + 14 * x), a34002: Math.round(52 + 20 * x), a01001: round(6 + 5 * Math.sin(((h - 9) / 24) * 2 * Math.PI) + x, 1), a01002: round(58 + 8 * x, 1), LA: round(44 + 9 * life(h) + 3 * x, 1), a01007: round(0.6 + 2 * x, 1) }
}

/** Buses of the sample: the estate's main water meters, the lighting of two stairwells, a pump's drive. A meter is named by its number in the register. */
export interface SmartBus {
  name: string
  protocol: 'cjt188' | 'dlt645_2007' | 'modbus_tcp' | 'bacnet_ip'
  product: string
  period_s: number
  devices: readonly { address: string; name: string; place: string; meter_no: string | null; /** Added in an hour, in the unit of the meter. */ per_hour: number; /** Runs through the night as through the day. */ leaks?: boolean; /** Another than the others of the bus. */ product?: string }[]
}
/** By which the relay meter of the sample lets itself be switched. */
export const meterPassword = { level: '02', password: '123456', operator: '00000001' } as const
export const smartBuses: readonly SmartBus[] = [
  { name: '总水表总线', protocol: 'cjt188', product: 'cjt188_water', period_s: 600, devices: [{ address: '33118800000001', name: '小区总水表', place: '南门水表井', meter_no: ESTATE_MAIN, per_hour: 2.4 }, ...WATER_BUILDINGS.map((no, i) => ({ address: `331188000001${String(i).padStart(2, '0')}`, name: `${no}栋总水表`, place: `${no}栋水表井`, meter_no: buildingMain(no), per_hour: 0.2, leaks: i === 1 })), { address: '33118800000200', name: '商业街绿化阀控水表', place: '商业街水表井', meter_no: null, per_hour: 0.05, product: 'cjt188_valve' }] },
  { name: '公共照明电表', protocol: 'dlt645_2007', product: 'dlt645_2007', period_s: 600, devices: [...LIT_BUILDINGS.map((no) => ({ address: `2026112600${no.padStart(2, '0')}`, name: `${no}栋楼道照明电表`, place: `${no}栋电表箱`, meter_no: lightMeter(no), per_hour: 0.26 })), { address: '202611260099', name: '商业街岗亭费控电表', place: '商业街电表箱', meter_no: null, per_hour: 0.3, product: 'dlt645_2007_relay' }] },
  { name: '西区水泵房变频器', protocol: 'modbus_tcp', product: 'modbus_vfd', period_s: 30, devices: [{ address: '1', name: '西区 1 号泵变频器', place: '西区水泵房', meter_no: null, per_hour: 0 }] },
  { name: '会所空调(BACnet)', protocol: 'bacnet_ip', product: 'bacnet_ahu', period_s: 60, devices: [{ address: '1001', name: '会所空调机组', place: '会所机房', meter_no: null, per_hour: 0 }] },
]

/** Scenes of the sample: lamps by the clock, the fans of the garage by hand. */
export const smartScenes: readonly { name: string; times: readonly string[]; steps: readonly { product: string; command: string; nos: readonly string[]; arg?: number }[] }[] = [
  { name: '路灯全开', times: ['18:00'], steps: [{ product: 'street_lamp', command: 'turn_on', nos: [] }] },
  { name: '路灯全关', times: ['06:40'], steps: [{ product: 'street_lamp', command: 'turn_off', nos: [] }] },
  { name: '车库排风', times: [], steps: [{ product: 'co_garage', command: 'fan_on', nos: [] }] },
  { name: '夜间半亮', times: ['23:00'], steps: [{ product: 'street_lamp', command: 'dim', nos: ['LD-002', 'LD-003'], arg: 50 }] },
]

/** 0 … 1, the same for the same device and moment. */
function noise(no: string, n: number): number {
  let h = 2166136261
  for (const c of `${no}/${n}`) h = Math.imul(h ^ c.charCodeAt(0), 16777619)
  return ((h >>> 0) % 10_000) / 10_000
}
const round = (v: number, places: number): number => Math.round(v * 10 ** places) / 10 ** places
const HOUR_MS = 3_600_000
const hourOf = (ms: number): number => ((ms + 8 * HOUR_MS) % (24 * HOUR_MS)) / HOUR_MS
/** How much of the community is awake: little at night, most in the morning and the evening. */
const life = (h: number): number => 0.15 + 0.5 * Math.exp(-((h - 7.5) ** 2) / 3) + 0.8 * Math.exp(-((h - 19.5) ** 2) / 6)
const EPOCH_MS = Date.UTC(2025, 0, 1)
/** Where a meter that nobody reads goes on from, whenever its simulator starts. */
export const UNREAD = { v: 0, at_ms: EPOCH_MS } as const

/** The mean of a day over its hours, once. */
const meanOf = (f: (h: number) => number): number => Array.from({ length: 96 }, (_, i) => f(i / 4)).reduce((a, b) => a + b, 0) / 96
/** What ran through since the epoch at a rate that goes by the hour of the day. */
function ranBy(f: (h: number) => number, ms: number): number {
  const day_ms = ms - ((ms + 8 * HOUR_MS) % (24 * HOUR_MS))
  let sum = ((day_ms - EPOCH_MS) / HOUR_MS) * meanOf(f)
  for (let h = 0; h < hourOf(ms); h += 0.25) sum += f(h) * Math.min(0.25, hourOf(ms) - h)
  return sum
}
/** Hours that a main ran at its mean rate: little at three in the night, most in the afternoon; more at one end of the week than at the other. One that leaks runs evenly. */
export const mainRan = (ms: number, leaks: boolean): number => (leaks ? (ms - EPOCH_MS) / HOUR_MS : (ms - EPOCH_MS) / HOUR_MS - ((0.85 * 24) / (2 * Math.PI)) * Math.sin((2 * Math.PI * (hourOf(ms) - 3)) / 24) + 0.12 * (168 / (2 * Math.PI)) * Math.sin((2 * Math.PI * ms) / (168 * HOUR_MS)))
const STANDS_DAYS = 9
function household(d: SmartDevice, ms: number): number {
  const day = Math.floor((ms + 8 * HOUR_MS) / (24 * HOUR_MS))
  const home = (h: number): number => (h >= 6 && h < 23.5 && noise(d.no, Math.floor(h * 4)) < life(h) ? 0.02 + 0.02 * noise(d.no, 7) : 0)
  // The one that stands does so since the sample was begun, less some days: it is told by the day, and the day is the machine's.
  if (d.house_no === 3) return ranBy(home, Math.min(ms, Math.floor(nowMs() / (24 * HOUR_MS)) * 24 * HOUR_MS - STANDS_DAYS * 24 * HOUR_MS))
  const lived = ranBy(home, ms)
  if (d.house_no === 0) return lived + ((ms - EPOCH_MS) / HOUR_MS) * 0.012
  if (d.house_no === 1) return lived + ranBy((h) => (h < 6 ? 0.03 : 0), ms)
  // 1.6 m³ within the hour after two, every third day.
  return d.house_no === 2 ? lived + 1.6 * (Math.floor(day / 3) + (day % 3 === 0 ? Math.min(1, Math.max(0, hourOf(ms) - 14)) : 1)) : lived
}
const MEASURES: Record<string, (d: SmartDevice, ms: number, x: number, h: number) => Record<string, number>> = {
  air: (_d, _ms, x, h) => ({ pm25: round(35 + 20 * Math.sin((h - 8) / 4) + 15 * x, 0), pm10: round(60 + 25 * Math.sin((h - 8) / 4) + 20 * x, 0), co2: round(420 + 40 * life(h) + 20 * x, 0), temp: round(8 + 6 * Math.sin(((h - 9) / 24) * 2 * Math.PI) + x, 1), hum: round(55 - 12 * Math.sin(((h - 9) / 24) * 2 * Math.PI) + 4 * x, 1) }),
  temp_hum: (_d, _ms, x, h) => ({ temp: round(23 + 2 * Math.sin(((h - 10) / 24) * 2 * Math.PI) + 0.8 * x, 1), hum: round(48 + 6 * x, 1) }),
  co_garage: (_d, _ms, x, h) => ({ co: round(3 + 18 * life(h) * x, 1), fan: life(h) > 0.6 ? 1 : 0, fault: 0 }),
  pump_room: (_d, ms, x, h) => ({ pressure: round(0.45 - 0.03 * life(h) + 0.02 * x, 2), level: round(2.6 - 0.6 * life(h) + 0.2 * x, 2), pump1: 1, pump2: life(h) > 0.7 ? 1 : 0, fault: 0, hours: round(((ms - EPOCH_MS) / HOUR_MS) * 0.9, 1) }),
  sump: (_d, ms, x) => { const t = (ms / 600_000) % 6; return { level: round(0.6 + 0.2 * t + 0.05 * x, 2), pump: t > 5 ? 1 : 0, fault: 0 } },
  lift: (d, ms, x, h) => { const busy = x < life(h); return { floor: busy ? 1 + Math.floor(noise(d.no, Math.floor(ms / 30_000) + 7) * 11) : 1, moving: busy ? 1 + Math.floor(noise(d.no, Math.floor(ms / 30_000) + 3) * 2) : 0, door: busy ? 0 : x > 0.9 ? 1 : 0, fault: 0, trips: Math.floor((ms - EPOCH_MS) / 300_000) } },
  street_lamp: (d, ms, x, h) => { const on = h < 6.5 || h > 18 ? 1 : 0; const nights = Math.floor((ms - EPOCH_MS) / (24 * HOUR_MS)); const tonight = h < 6.5 ? 6 + h : h < 18 ? 12.5 : h - 18 + 12.5; return { on, power: on && !d.broken ? round(118 + 4 * x, 0) : 0, energy: round((nights * 12.5 + tonight) * 0.12, 2), fault: d.broken ? 1 : 0 } },
  power_room: (_d, _ms, x, h) => ({ ua: round(231 - 4 * life(h) + 2 * x, 1), ia: round(180 + 420 * life(h) + 30 * x, 1), power: round(120 + 280 * life(h) + 20 * x, 1), temp: round(52 + 14 * life(h) + 2 * x, 1), fault: 0 }),
  // The week goes through it too: a seventh up and down.
  smart_power: (d, ms, x, h) => ({ energy: round(ranBy(POWER[d.no]!, ms) + meanOf(POWER[d.no]!) * 0.13 * (168 / (2 * Math.PI)) * Math.sin((2 * Math.PI * ms) / (168 * HOUR_MS)), 2), power: round(POWER[d.no]!(h) * (0.95 + 0.1 * x), 2) }),
  nb_water: (d, ms) => ({ volume: round(household(d, ms), 3), battery: 3.6, valve: 1 }),
  smoke: (_d, ms) => ({ alarm: 0, battery: Math.max(5, 100 - Math.floor((ms - EPOCH_MS) / (14 * 24 * HOUR_MS))) }),
}
export function measured(d: SmartDevice, ms: number): Record<string, number> {
  return MEASURES[d.product]!(d, ms, noise(d.no, Math.floor(ms / 30_000)), hourOf(ms))
}
