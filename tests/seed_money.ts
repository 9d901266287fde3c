// A small estate with people and open bills, straight into the tables: for tests of modules above billing that want exact bills and
// not a charge run.
import { sql } from 'kysely'
import { uuidv7 } from '../src/kernel/ids.ts'
import type { Scope } from '../src/kernel/scope.ts'
import { knowPhones } from '../src/modules/identity/server/index.ts'

export interface SeedBill {
  bill_id: string
  period_on: string
  amount_fen: number
}
export interface SeedHouse {
  house_id: string
  label: string
  person_id: string
  phone: string
  name: string
}
export interface Seed {
  community_id: string
  building_id: string
  fee_item_id: string
  price_id: string
  run_id: string
  houses: SeedHouse[]
  /** One more month of 物业费 for a house, 98.50 m² × 1.2 元 unless another amount is given. */
  bill(scope: Scope, house: number, month: string, o?: { amount_fen?: number; payer_id?: string }): Promise<SeedBill>
}

const SURNAMES = '张王李赵陈刘杨黄周吴'
let phones = 0

export async function seedMoney(scope: Scope, o: { houses?: number; name?: string } = {}): Promise<Seed> {
  const c = scope.company_id
  const { db, now } = scope
  const id = { community_id: uuidv7(), building_id: uuidv7(), unit_id: uuidv7(), fee_item_id: uuidv7(), price_id: uuidv7(), run_id: uuidv7() }
  await db.insertInto('property.community').values({ company_id: c, community_id: id.community_id, name: o.name ?? '花园小区', created_at: now }).execute()
  await db.insertInto('property.building').values({ company_id: c, building_id: id.building_id, community_id: id.community_id, no: '1', name: '1栋' }).execute()
  await db.insertInto('property.unit').values({ company_id: c, unit_id: id.unit_id, building_id: id.building_id, no: '1' }).execute()
  const houses: SeedHouse[] = Array.from({ length: o.houses ?? 3 }, (_, i) => ({ house_id: uuidv7(), label: `1-1-${101 + i}`, person_id: uuidv7(), phone: `139${String(10_000_000 + ++phones)}`, name: `${SURNAMES[i % SURNAMES.length]}${i + 1}明` }))
  await db.insertInto('property.house').values(houses.map((h, i) => ({ company_id: c, house_id: h.house_id, community_id: id.community_id, building_id: id.building_id, unit_id: id.unit_id, kind: 'dwelling', room_no: String(101 + i), label: h.label, built_area_m2: '98.50', state: 'lived_in', sort_no: i, created_at: now }))).execute()
  await db.insertInto('people.person').values(houses.map((h) => ({ company_id: c, person_id: h.person_id, name: h.name, phone: h.phone, phone_tail: h.phone.slice(-4), created_at: now }))).execute()
  await db.insertInto('people.ownership').values(houses.map((h) => ({ company_id: c, ownership_id: uuidv7(), house_id: h.house_id, person_id: h.person_id, from_on: '2020-01-01' }))).execute()
  await knowPhones(scope, houses.map((h) => h.phone))
  await db.insertInto('billing.fee_item').values({ company_id: c, fee_item_id: id.fee_item_id, community_id: id.community_id, code: 'WY', name: '物业费', shape: 'area', area_kind: 'built', unit_name: '元/㎡·月', house_kinds: ['dwelling'], created_at: now }).execute()
  await db.insertInto('billing.price').values({ company_id: c, price_id: id.price_id, fee_item_id: id.fee_item_id, unit_price: '1.2', from_on: '2020-01-01', created_at: now }).execute()
  return {
    ...id,
    houses,
    async bill(s, i, month, extra = {}) {
      const h = houses[i]!
      const [from_on, amount_fen, bill_id] = [`${month}-01`, extra.amount_fen ?? 11_820, uuidv7()]
      await sql`insert into billing.bill (company_id, period_on, bill_id, community_id, building_id, house_id, fee_item_id, payer_id, run_id, from_on, to_on, price_id, shape, quantity, unit_price, amount_fen, issued_on, due_on)
        values (${c}, ${from_on}, ${bill_id}, ${id.community_id}, ${id.building_id}, ${h.house_id}, ${id.fee_item_id}, ${extra.payer_id ?? h.person_id}, ${id.run_id}, ${from_on}, (${from_on}::date + interval '1 month')::date, ${id.price_id}, 'area', 98.50, 1.2, ${amount_fen}, ${from_on}, ${from_on}::date + 30)`.execute(s.db)
      return { bill_id, period_on: from_on, amount_fen }
    },
  }
}
