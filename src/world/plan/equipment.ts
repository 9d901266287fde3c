// Devices of the sample: two power rooms and two pressure stations of 花园小区 (S20), fire pumps, heat exchange, cameras; the lifts stand in 和顺苑, whose tall
// buildings have some.
import type { CommunityKey } from './shapes.ts'

export interface PlanDevice {
  community: CommunityKey
  kind: string
  name: string
  place: string
  building_no?: string
  maker?: string
  model?: string
  /** Years and months back from today. */
  used_years: number
  warranty_years?: number
  purchase_yuan?: number
  hours?: string
  details?: Readonly<Record<string, string>>
}
const pump = (station: string, n: number): PlanDevice => ({ community: 'garden', kind: 'SHB', name: `${station} ${n} 号生活水泵`, place: `${station}水泵房`, maker: '南方泵业', model: 'CDL32-60', used_years: 8, purchase_yuan: 9800, hours: n === 1 ? '21460' : '20180', details: { power: '11', flow: '32', head: '90' } })
const station = (name: string): PlanDevice[] => [
  { community: 'garden', kind: 'BPG', name: `${name}变频供水设备`, place: `${name}水泵房`, maker: '上海熊猫', model: 'XMZH-32', used_years: 8, purchase_yuan: 86_000, details: { power: '22', pressure: '0.45' } },
  pump(name, 1), pump(name, 2),
  { community: 'garden', kind: 'SHX', name: `${name}生活水箱`, place: `${name}水泵房`, maker: '德州亚太', model: 'SUS304', used_years: 8, purchase_yuan: 42_000, details: { volume: '60', material: '不锈钢' } },
]
const power = (name: string): PlanDevice[] => [
  { community: 'garden', kind: 'BYQ', name: `${name}变压器`, place: name, maker: '西电集团', model: 'SCB13-800', used_years: 9, purchase_yuan: 168_000, details: { capacity: '800', voltage: '10/0.4 kV' } },
  { community: 'garden', kind: 'GYG', name: `${name}高压进线柜`, place: name, maker: '西电集团', model: 'KYN28A-12', used_years: 9, purchase_yuan: 52_000, details: { voltage: '10', current: '630' } },
  { community: 'garden', kind: 'DYG', name: `${name}低压总柜`, place: name, maker: '正泰', model: 'GGD', used_years: 9, purchase_yuan: 31_000, details: { current: '1600' } },
]
const lift = (building_no: string, unit: number): PlanDevice => ({ community: 'heshun', kind: 'KTT', name: `${building_no}栋${unit}单元客梯`, place: `${building_no}栋${unit}单元`, building_no, maker: '上海三菱', model: 'LEHY-III', used_years: 6, warranty_years: 2, purchase_yuan: 186_000, details: { load: '1000', floors: '11/11/11', speed: '1.75', keeper_firm: '宝鸡安达电梯有限公司', rescue_phone: '0917-3260119' } })

const LIFT_BUILDINGS = ['15', '16'] as const
export const devices: readonly PlanDevice[] = [
  ...power('一号配电室'), ...power('二号配电室'), ...station('东区'), ...station('西区'),
  { community: 'garden', kind: 'FDJ', name: '应急柴油发电机', place: '一号配电室旁', maker: '康明斯', model: 'C275D5', used_years: 9, purchase_yuan: 145_000, hours: '386', details: { power: '200', tank: '400' } },
  { community: 'garden', kind: 'XFB', name: '消火栓主泵', place: '消防泵房', maker: '上海凯泉', model: 'XBD8/30', used_years: 9, purchase_yuan: 15_600, details: { power: '45', flow: '108', head: '80' } },
  { community: 'garden', kind: 'XFB', name: '消火栓备用泵', place: '消防泵房', maker: '上海凯泉', model: 'XBD8/30', used_years: 9, purchase_yuan: 15_600, details: { power: '45', flow: '108', head: '80' } },
  { community: 'garden', kind: 'XFC', name: '消防水池', place: '消防泵房地下', used_years: 9, details: { volume: '216' } },
  { community: 'garden', kind: 'HBZ', name: '火灾报警控制器', place: '消防控制室', maker: '海湾', model: 'JB-QG-GST5000', used_years: 9, purchase_yuan: 38_000, details: { loops: '8', points: '1120' } },
  { community: 'garden', kind: 'HRZ', name: '东区换热机组', place: '东区换热站', maker: '天津换热', model: 'BR0.6', used_years: 8, purchase_yuan: 210_000, details: { capacity: '4200', power: '37' } },
  { community: 'garden', kind: 'XHB', name: '东区循环水泵', place: '东区换热站', maker: '上海凯泉', model: 'KQW200', used_years: 8, purchase_yuan: 22_000, hours: '19850', details: { power: '37', flow: '280', head: '32' } },
  { community: 'garden', kind: 'SXJ', name: '视频监控主机', place: '消防控制室', maker: '海康威视', model: 'DS-8664N', used_years: 4, purchase_yuan: 26_000, details: { channels: '64', keep_days: '30' } },
  { community: 'garden', kind: 'FLZ', name: '住宅楼防雷接地装置', place: '各栋屋面', used_years: 9, details: { resistance: '10' } },
  { community: 'garden', kind: 'WYG', name: '消防稳压罐', place: '消防泵房', maker: '上海凯泉', model: 'SQL1000', used_years: 9, purchase_yuan: 9600, details: { volume: '1', pressure: '1.0' } },
  ...LIFT_BUILDINGS.flatMap((no) => [lift(no, 1), lift(no, 2)]),
]
