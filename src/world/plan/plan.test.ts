// The figures of the real community (requirements, S20), every one.
import { describe, expect, test } from 'vitest'
import { buildings, SMART_DOORS } from './buildings.ts'
import { calendarOf } from './calendar.ts'
import { changesOf } from './changes.ts'
import { assignmentsOf, fees, meteredHouses, PRICE_CHANGE } from './fees.ts'
import { groupsOf } from './groups.ts'
import { visitOf } from './habits.ts'
import { houses, housesIn } from './houses.ts'
import { hundredths, m2, sumM2 } from './areas.ts'
import { headCount, peopleOf, sampleHome } from './people.ts'
import { communities, communityOf, companies } from './places.ts'
import { publicAreas } from './public_areas.ts'
import { guest, staff, STAFF_OF_ANJU } from './staff.ts'
import { readingsOf } from './water.ts'
import { tillOf } from './till.ts'

const calendar = calendarOf('2026-11-22T06:30:00.000Z')
const garden = housesIn('garden')
const areas = publicAreas.filter((a) => a.community === 'garden')
const of = (category: string) => areas.filter((a) => a.category === category)

describe('眉县安居 and 花园小区', () => {
  test('the company', () => {
    expect(companies[0]).toMatchObject({ name: '眉县安居物业管理服务有限公司', capital_fen: 52_000_000 })
    const two = communities.filter((c) => c.company === 'anju')
    expect(two).toHaveLength(2)
    expect(sumM2(two.map((c) => c.built_area_m2))).toBe('220000.00')
    expect(sumM2(two.flatMap((c) => housesIn(c.key)).map((h) => h.built_area_m2))).toBe('220000.00')
    expect(STAFF_OF_ANJU).toBe(43)
  })
  test('zones, buildings, households, areas', () => {
    expect(communityOf('garden')).toMatchObject({ land_mu: '111', zones: ['东区', '西区'], built_area_m2: '158675', green_area_m2: '19580' })
    expect(buildings.filter((b) => b.community === 'garden' && b.kind === 'residential')).toHaveLength(42)
    expect(new Set(buildings.filter((b) => b.community === 'garden').map((b) => b.zone))).toEqual(new Set(['东区', '西区']))
    expect(garden.filter((h) => h.kind === 'dwelling')).toHaveLength(1200)
    expect(sumM2(garden.map((h) => h.built_area_m2))).toBe('158675.00')
    expect(sumM2(garden.map((h) => h.heated_area_m2))).toBe('156051.00')
    for (const h of garden) expect(h.heated_area_m2 !== null, h.label).toBe(h.kind !== 'garage' && h.kind !== 'bay')
    expect(new Set(houses.map((h) => `${h.community} ${h.label}`)).size).toBe(houses.length)
    for (const h of houses) if (h.kind !== 'bay') expect(hundredths(h.built_area_m2), h.label).toBeGreaterThan(1000)
  })
  test('owners and residents', () => {
    const n = headCount(peopleOf('garden', calendar), calendar)
    expect(n).toBeGreaterThan(3700)
    expect(n).toBeLessThan(3800)
  })
  test('shared facilities', () => {
    expect(of('配电室')).toHaveLength(2)
    expect(of('加压站')).toHaveLength(2)
    expect(of('化粪池')).toHaveLength(15)
    expect(of('广场').map((a) => a.area_m2)).toEqual(['400'])
    expect(of('花坛草坪')).toHaveLength(24)
    expect(sumM2([...of('花坛草坪'), ...of('宅旁绿地')].map((a) => a.area_m2))).toBe('19580.00')
    expect(of('名贵树木').map((a) => a.species)).toEqual(['樱花', '铁杆海棠', '银杏', '琵琶', '龙爪槐'])
    expect(of('名贵树木').reduce((n, a) => n + Number(a.quantity), 0)).toBe(800)
    expect(of('停车场')).toHaveLength(2)
    expect(buildings.filter((b) => b.community === 'garden' && b.kind === 'car_park')).toHaveLength(2)
    expect(garden.filter((h) => h.kind === 'bay')).toHaveLength(200)
    expect(of('自行车棚')).toHaveLength(7)
    expect(of('自行车棚').reduce((n, a) => n + Number(a.quantity), 0)).toBeGreaterThan(1000)
    expect(of('智能门')).toHaveLength(5)
    expect(SMART_DOORS).toHaveLength(5)
    expect(new Set(areas.map((a) => `${a.category} ${a.name}`)).size).toBe(areas.length)
  })
  test('posts', () => {
    const posts = staff.filter((s) => s.garden_post).map((s) => s.post.replace('花园小区 ', ''))
    expect(posts).toHaveLength(27)
    const count = (post: string): number => posts.filter((p) => p === post).length
    expect(['经理', '办公室文员', '工程科长', '维修员', '服务科长', '保洁员', '绿化员', '收费员', '秩序科长', '秩序员'].map(count)).toEqual([1, 1, 1, 4, 1, 7, 1, 2, 1, 8])
    const logins = [...staff, guest].map((s) => s.login)
    expect(new Set(logins).size).toBe(logins.length)
  })
  test('a second company of two buildings and 24 houses', () => {
    expect(buildings.filter((b) => b.community === 'huixin')).toHaveLength(2)
    expect(housesIn('huixin')).toHaveLength(24)
    expect(sumM2(housesIn('huixin').map((h) => h.built_area_m2))).toBe(m2(hundredths(communityOf('huixin').built_area_m2)))
  })
})

describe('people', () => {
  test.each(['garden', 'heshun', 'huixin'] as const)('of %s fit together', (key) => {
    const p = peopleOf(key, calendar)
    const known = new Set(p.persons.map((x) => x.key))
    const labels = new Set(housesIn(key).map((h) => h.label))
    for (const x of [...p.owners, ...p.tenancies, ...p.residents, ...p.vehicles]) {
      expect(known.has(x.person), x.person).toBe(true)
      expect(labels.has(x.label), x.label).toBe(true)
    }
    expect(new Set(p.owners.map((o) => o.label)).size, 'every house has an owner').toBe(labels.size)
    for (const [label, list] of Map.groupBy(p.owners, (o) => o.label)) {
      expect(list.reduce((n, o) => n + (6 * o.share_num) / o.share_den, 0), label).toBe(6)
      expect(list.filter((o) => o.is_primary), label).toHaveLength(1)
    }
    const phones = p.persons.flatMap((x) => x.phone ?? [])
    expect(new Set(phones).size).toBe(phones.length)
    for (const phone of phones) expect(phone).toMatch(/^19900\d{6}$/)
    expect(new Set(p.vehicles.map((v) => v.plate)).size).toBe(p.vehicles.length)
    const name_of = new Map(p.persons.map((x) => [x.key, x.name]))
    for (const [label, list] of Map.groupBy([...p.owners, ...p.tenancies, ...p.residents], (x) => x.label)) {
      const here = [...new Set(list.map((x) => x.person))].map((k) => name_of.get(k))
      expect(new Set(here).size, `two of one name in ${label}`).toBe(here.length)
    }
  })
  test('all of it comes out the same every time', () => {
    expect(JSON.stringify(peopleOf('garden', calendar))).toBe(JSON.stringify(peopleOf('garden', calendarOf('2026-11-22T06:30:00.000Z'))))
  })
  test('sales and hand-overs name different houses', () => {
    for (const key of ['garden', 'heshun', 'huixin'] as const) {
      const list = changesOf(key, calendar)
      expect(list.length).toBeGreaterThan(0)
      expect(new Set(list.map((x) => x.label)).size).toBe(list.length)
      for (const x of list) expect(x.noted_on <= x.on_day).toBe(true)
    }
    expect(changesOf('garden', calendarOf(calendar.until, 2)).length).toBeLessThan(changesOf('garden', calendar).length)
  })
})

describe('money', () => {
  test('dwellings and shops have prices of their own, and the change lies inside the months', () => {
    expect(fees.find((f) => f.community === 'garden' && f.code === 'WY')!.prices.map((p) => p.unit_price)).toEqual(['0.55', '1.20'])
    expect(PRICE_CHANGE.months_back).toBe(8)
    expect(fees.filter((f) => f.code === 'NF').every((f) => !f.house_kinds.includes('garage') && f.season_from === '11-15' && f.season_to === '03-15')).toBe(true)
    expect(meteredHouses().length).toBeGreaterThan(200)
  })
  test('standards of one house and item never overlap', () => {
    const all = assignmentsOf('garden', peopleOf('garden', calendar).leases, calendar).flatMap((a) => a.labels.map((label) => ({ ...a, label })))
    for (const [key, list] of Map.groupBy(all, (a) => `${a.code} ${a.label}`)) {
      const sorted = list.sort((x, y) => (x.from_on < y.from_on ? -1 : 1))
      for (const [i, a] of sorted.entries()) expect(i === 0 || (sorted[i - 1]!.to_on ?? '9999') <= a.from_on, key).toBe(true)
    }
  })
  test('readings only rise', () => {
    for (const h of meteredHouses()) {
      const list = readingsOf(h, 3, calendar.months).map(Number)
      for (const [i, r] of list.entries()) expect(i === 0 || r >= list[i - 1]!).toBe(true)
    }
  })
  test('every house that is billed belongs to one family, and about one in fourteen never pays', () => {
    const groups = groupsOf('garden', peopleOf('garden', calendar))
    const labels = groups.flatMap((g) => g.labels)
    expect(new Set(labels).size).toBe(labels.length)
    const chronic = groups.filter((g) => g.habit === 'chronic').length / groups.length
    expect(chronic).toBeGreaterThan(0.06)
    expect(chronic).toBeLessThan(0.09)
    for (const g of groups) for (const month of calendar.months) expect(visitOf(g, calendar, month)).toEqual(visitOf(g, calendar, month))
    expect(groups.find((g) => g.labels[0] === sampleHome().label)!.stays_away).toBe(true)
  })
  test('what is handed over is the amount and the change', () => {
    const g = groupsOf('huixin', peopleOf('huixin', calendar))
    for (const m of g)
      for (const [amount, wallet] of [[100, 0], [98_765, 0], [98_765, 20_000], [50_000, 50_000], [1, 0]] as const) {
        const t = tillOf(m, '2026-01', 'x', amount, wallet)
        expect(t.tenders.reduce((n, x) => n + x.amount_fen, 0) - t.change_fen).toBe(amount)
        expect(t.tenders.every((x) => x.amount_fen > 0)).toBe(true)
        const cash = t.tenders.find((x) => x.method === 'cash')?.amount_fen ?? 0
        expect(t.change_fen).toBeLessThanOrEqual(cash)
      }
  })
  test('a slip has a number of its own, in whatever community the flat of that number stands', () => {
    const seen = new Set<string>()
    let count = 0
    for (const community of communities.filter((c) => c.company === 'anju').map((c) => c.key))
      for (const g of groupsOf(community, peopleOf(community, calendar)))
        for (const label of g.labels)
          for (const x of tillOf({ ...g, method: 'transfer' }, '2025-07', label, 98_765, 0).tenders)
            if (x.reference) {
              seen.add(`${x.method} ${x.reference}`)
              count++
            }
    expect(count).toBeGreaterThan(1000)
    expect(seen.size).toBe(count)
  })
})
