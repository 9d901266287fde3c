// A tiny world with names, built through the public calls: 花园小区 with two buildings, a garage, a shop, three bays and a few people.
//   const w = await tinyWorld(t)
//   w.houses['1-1-101'] · w.persons['张三'] · w.buildings['1']
// 张三 owns 1-1-101 (phone 13800000101), garage G-01 and bay P1-001; 李四 rents 1-1-101 and pays use fees; 王五 and 赵六 own 1-1-102 half
// each; 孙七 owns 1-1-201, 周八 2-1-101; 味美餐饮 owns shop S-01; 1-2-302 is unsold, 安居置业 pays. The others have no owner yet.
import { people } from '../src/modules/people/contract.ts'
import { property } from '../src/modules/property/contract.ts'
import type { TestApp } from './harness.ts'

export interface TinyWorld {
  community_id: string
  buildings: Record<string, string>
  houses: Record<string, string>
  persons: Record<string, string>
  tenancy_id: string
}
export const PHONES = { 张三: '13800000101', 李四: '13800000102', 王五: '13800000103', 赵六: '13800000104', 孙七: '13800000105', 周八: '13800000106' } as const
export const DELIVERED_ON = '2025-01-01'

export async function tinyWorld(t: TestApp): Promise<TinyWorld> {
  const as = t.as('admin')
  const { community_id } = await as(property.saveCommunity, { name: '花园小区', kind: 'estate', address: '眉县首善镇花园路 1 号', district: '眉县', land_mu: '111', built_area_m2: '158675', green_area_m2: '19580', service_phone: '0917-5550000', start_rule: 'delivery_day' })
  const w: TinyWorld = { community_id, buildings: {}, houses: {}, persons: {}, tenancy_id: '' }
  const { zone_id } = await as(property.saveZone, { community_id, name: '东区' })
  const building = async (no: string, name: string, kind: 'residential' | 'commercial' | 'car_park' | 'service', unit_nos: string[] = []) => {
    w.buildings[no] = (await as(property.saveBuilding, { community_id, zone_id: kind === 'residential' ? zone_id : null, no, name, kind, floors_above: kind === 'residential' ? 3 : 1, floors_below: kind === 'car_park' ? 1 : 0, has_lift: false, unit_nos })).building_id
  }
  await building('1', '1栋', 'residential', ['1', '2'])
  await building('2', '2栋', 'residential', ['1'])
  await building('G', '车库', 'service')
  await building('S', '商铺', 'commercial')
  await building('P1', '地下停车场', 'car_park')
  type Kind = 'dwelling' | 'garage' | 'shop' | 'bay'
  const house = async (no: string, unit_no: string | null, room_no: string, kind: Kind, area: string, state: 'lived_in' | 'vacant' | 'unsold' = 'vacant') => {
    const heated_area_m2 = kind === 'dwelling' || kind === 'shop' ? area : null
    const h = await as(property.saveHouse, { building_id: w.buildings[no]!, unit_no, room_no, kind, floor_no: kind === 'bay' ? -1 : Number(room_no.slice(0, -2)) || 1, built_area_m2: area, inner_area_m2: null, heated_area_m2, state, delivered_on: null, usage: null, note: null })
    w.houses[h.label] = h.house_id
  }
  for (const unit of ['1', '2']) for (const floor of ['1', '2', '3']) for (const [room, area] of [['01', '98.50'], ['02', '76.20']] as const) await house('1', unit, floor + room, 'dwelling', area, unit + floor + room === '2302' ? 'unsold' : 'vacant')
  for (const room of ['101', '102']) await house('2', '1', room, 'dwelling', '120.00')
  await house('G', null, '01', 'garage', '20.00')
  await house('S', null, '01', 'shop', '60.00')
  for (const room of ['001', '002', '003']) await house('P1', null, room, 'bay', '0')
  await own(t, w)
  return w
}

async function own(t: TestApp, w: TinyWorld): Promise<void> {
  const as = t.as('admin')
  const person = async (name: string, o: { phone?: string; id_number?: string; kind?: 'natural' | 'org' | 'developer' } = {}) => {
    w.persons[name] = (await as(people.savePerson, { name, ...o })).person_id
  }
  await person('张三', { phone: PHONES.张三, id_number: '110101199003070097' })
  for (const name of ['李四', '王五', '赵六', '孙七', '周八'] as const) await person(name, { phone: PHONES[name] })
  await person('味美餐饮', { kind: 'org' })
  await person('安居置业', { kind: 'developer' })
  const p = (name: string, share_num = 1, share_den = 1) => ({ person: { person_id: w.persons[name]! }, share_num, share_den })
  const moveIn = (label: string, owners: ReturnType<typeof p>[], state: 'lived_in' | 'vacant' = 'lived_in') => as(people.moveIn, { house_id: w.houses[label]!, delivered_on: DELIVERED_ON, owners, state })
  await moveIn('1-1-101', [p('张三')])
  await moveIn('1-1-102', [p('王五', 1, 2), p('赵六', 1, 2)])
  await moveIn('1-1-201', [p('孙七')])
  await moveIn('2-1-101', [p('周八')], 'vacant')
  await moveIn('G-01', [p('张三')])
  await moveIn('S-01', [p('味美餐饮')])
  await moveIn('P1-001', [p('张三')])
  await as(people.setOwners, { house_id: w.houses['1-2-302']!, from_on: '2024-01-01', owners: [p('安居置业')] })
  w.tenancy_id = (await as(people.saveTenancy, { house_id: w.houses['1-1-101']!, person: { person_id: w.persons['李四']! }, pays: 'use', from_on: '2025-03-01', to_on: null })).tenancy_id
  await as(people.saveVehicle, { plate: '陕C12345', kind: 'small', house_id: w.houses['1-1-101']!, person_id: w.persons['张三']!, brand: '白色轿车' })
}
