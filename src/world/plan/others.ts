// Who owns the shops, garages and storerooms, who rents the marked spaces, and the vehicles.
import { dice, type Dice } from './random.ts'
import { dayBack, type Calendar } from './calendar.ts'
import { orgName, shopName } from './names.ts'
import type { Register } from './register.ts'
import type { PlanHouse, PlanVehicle } from './shapes.ts'

const whole = (label: string, person: string, from_on: string) => ({ label, person, share_num: 1, share_den: 1, is_primary: true, from_on })

export function settleShops(r: Register, shops: readonly PlanHouse[], families: readonly string[], c: Calendar, developer: string): void {
  for (const h of shops) {
    const key = `${h.community}/${h.label}`
    const d = dice('shop', h.community, h.label)
    if (h.state === 'unsold') {
      r.owners.push(whole(h.label, developer, '2009-01-01'))
      continue
    }
    const who = d.next()
    const owner = who < 0.3 ? d.pick(families) : who < 0.84 ? r.someone(d, `${key}/owner`, 'middle', d.chance(0.6) ? 'm' : 'f') : r.person(`${key}/owner`, orgName(d), { kind: 'org' })
    r.owners.push(whole(h.label, owner, h.delivered_on!))
    if (h.state !== 'let') continue
    const from_on = dayBack(c, d.weighted([[d.int(19, 60), 70], [d.int(4, 17), 30]]), 1)
    r.tenancies.push({ label: h.label, person: r.person(`${key}/tenant`, shopName(d), { kind: 'org' }), pays: d.chance(0.62) ? 'all' : 'use', from_on, to_on: null, contract_no: `SP-${from_on.slice(0, 4)}-${String(d.int(1, 99)).padStart(2, '0')}` })
  }
}

/** Garages go to families of the community, storerooms to families of the same building. */
export function settleSmall(r: Register, small: readonly PlanHouse[], owner_of: ReadonlyMap<string, string>, developer: string): void {
  const families = [...owner_of]
  const queue = dice('small').shuffled(families)
  const by_building = Map.groupBy(queue, ([label]) => label.split('-')[0]!)
  for (const h of small) {
    if (h.state === 'unsold') r.owners.push(whole(h.label, developer, '2009-01-01'))
    else {
      const list = h.kind === 'garage' ? queue : by_building.get(h.building_no)!
      const family = list.shift()!
      r.owners.push(whole(h.label, family[1], h.delivered_on!))
    }
  }
}

const PLATE = 'ABCDEFGHJKLMNPQRSTUVWXYZ'
export function plateOf(d: Dice, taken: Set<string>, kind: PlanVehicle['kind']): string {
  for (;;) {
    const digits = (n: number): string => Array.from({ length: n }, () => String(d.int(0, 9))).join('')
    const letter = (): string => PLATE[d.int(0, PLATE.length - 1)]!
    const plate = kind === 'new_energy' ? `陕C${d.chance(0.8) ? 'D' : 'F'}${digits(5)}` : kind === 'ebike' ? `眉县${digits(5)}` : `陕C${d.weighted([[digits(5), 30], [letter() + digits(4), 34], [digits(1) + letter() + digits(3), 16], [letter() + digits(1) + letter() + digits(2), 20]])}`
    if (!taken.has(plate)) {
      taken.add(plate)
      return plate
    }
  }
}
const CARS = ['白色大众朗逸', '黑色丰田卡罗拉', '银色日产轩逸', '白色吉利帝豪', '灰色长安 CS75', '白色哈弗 H6', '红色本田飞度', '黑色别克英朗', '蓝色五菱宏光', '白色现代伊兰特', '棕色奇瑞瑞虎', '银色起亚 K3']
const ELECTRIC = ['白色比亚迪秦', '灰色比亚迪宋', '蓝色比亚迪海豚', '白色埃安 S', '绿色五菱宏光 MINI', '黑色吉利银河', '白色零跑 T03']
const brandOf = (d: Dice, kind: PlanVehicle['kind']): string => (kind === 'new_energy' ? d.pick(ELECTRIC) : kind === 'ebike' ? d.pick(['雅迪', '爱玛', '台铃', '新日']) : d.pick(CARS))

/** Families with a marked space have a car; some others have one too, or an electric bicycle. */
export function settleVehicles(r: Register, bays: readonly PlanHouse[], homes: readonly { label: string; person: string; first: boolean }[], c: Calendar, extra: number): void {
  const community = bays[0]?.community ?? 'huixin'
  const d = dice('vehicles', community)
  const taken = new Set<string>()
  const queue = [...homes.filter((h) => h.first), ...d.shuffled(homes.filter((h) => !h.first))]
  const car = (h: { label: string; person: string }, kind: PlanVehicle['kind']): void => void r.vehicles.push({ label: h.label, person: h.person, plate: plateOf(d, taken, kind), kind, brand: brandOf(d, kind) })
  const power = (): PlanVehicle['kind'] => (d.chance(0.16) ? 'new_energy' : 'small')
  const free: PlanHouse[] = []
  for (const bay of bays) {
    if (bay.state !== 'let') {
      free.push(bay)
      continue
    }
    const h = queue.shift()!
    car(h, power())
    r.leases.push({ bay: bay.label, label: h.label, person: h.person, from_on: dayBack(c, d.weighted([[d.int(19, 48), 80], [d.int(2, 16), 20]]), d.pick([1, 1, 1, 8, 15, 21])), to_on: null })
  }
  // Spaces that were let and are free again.
  for (const bay of free.slice(0, Math.floor(free.length / 6))) {
    const h = queue.shift()!
    const back = d.int(2, 9)
    r.leases.push({ bay: bay.label, label: h.label, person: h.person, from_on: dayBack(c, d.int(20, 40), 1), to_on: dayBack(c, back, d.pick([1, 1, 11, 16])) })
  }
  for (let i = 0; i < extra; i++) {
    const h = queue.shift()
    if (h) car(h, i % 7 === 0 ? 'ebike' : power())
  }
}
