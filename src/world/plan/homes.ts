// Who owns and who lives in the dwellings.
import { dice, type Dice } from './random.ts'
import { dayBack, type Calendar } from './calendar.ts'
import type { Register } from './register.ts'
import type { Sex } from './names.ts'
import type { PlanHouse, PlanTenancy } from './shapes.ts'

const other = (s: Sex): Sex => (s === 'm' ? 'f' : 'm')

/** Most kept the flat they were given the keys of; some bought it later. */
function ownedSince(d: Dice, delivered_on: string): string {
  const bought = `${d.int(2016, 2024)}-${String(d.int(1, 12)).padStart(2, '0')}-${String(d.int(1, 28)).padStart(2, '0')}`
  return d.chance(0.24) && bought > delivered_on ? bought : delivered_on
}

interface Family {
  owner: string
  spouse: string | null
  /** The spouse stands in the deed. */
  both: boolean
  age: 'old' | 'middle' | 'young'
  since: string
}

function ownersOf(r: Register, d: Dice, h: PlanHouse): Family {
  const age = d.weighted([['old', 30], ['middle', 46], ['young', 24]] as const)
  const sex: Sex = d.chance(0.66) ? 'm' : 'f'
  const key = `${h.community}/${h.label}`
  const owner = r.someone(d, `${key}/owner`, age, sex, { house: h.label })
  r.age.set(owner, age)
  const since = ownedSince(d, h.delivered_on!)
  const spouse = d.chance(age === 'old' ? 0.66 : age === 'middle' ? 0.86 : 0.62) ? r.someone(d, `${key}/spouse`, age, other(sex), { phone: d.chance(0.55), house: h.label }) : null
  const both = spouse !== null && d.chance(0.42)
  const heirs = spouse === null && age !== 'young' && d.chance(0.05)
  if (heirs) {
    // Inherited together and never divided.
    const rest = [1, 2].map((n) => r.someone(d, `${key}/heir${n}`, age, d.chance(0.5) ? 'm' : 'f', { of: r.surnameOf(owner), house: h.label }))
    for (const person of [owner, ...rest]) r.owners.push({ label: h.label, person, share_num: 1, share_den: 3, is_primary: person === owner, from_on: since })
  } else {
    r.owners.push({ label: h.label, person: owner, share_num: 1, share_den: both ? 2 : 1, is_primary: true, from_on: since })
    if (both) r.owners.push({ label: h.label, person: spouse!, share_num: 1, share_den: 2, is_primary: false, from_on: since })
  }
  return { owner, spouse, both, age, since }
}

function familyAtHome(r: Register, d: Dice, h: PlanHouse, f: Family): void {
  const live = (person: string, relation: string): void => void r.residents.push({ label: h.label, person, relation })
  const key = `${h.community}/${h.label}`
  if (f.spouse !== null && !f.both) live(f.spouse, '配偶')
  const of = r.surnameOf(f.owner)
  const children = d.weighted(f.age === 'old' ? ([[0, 44], [1, 40], [2, 16]] as const) : f.age === 'middle' ? ([[0, 6], [1, 48], [2, 46]] as const) : ([[0, 34], [1, 48], [2, 18]] as const))
  for (let n = 1; n <= children; n++) {
    const sex: Sex = d.chance(0.52) ? 'm' : 'f'
    live(r.someone(d, `${key}/child${n}`, f.age === 'old' ? 'young' : 'child', sex, { of, phone: f.age === 'old', house: h.label }), sex === 'm' ? '儿子' : '女儿')
  }
  if (f.age !== 'old' && d.chance(0.26)) live(r.someone(d, `${key}/parent`, 'old', d.chance(0.4) ? 'm' : 'f', { phone: d.chance(0.6), house: h.label }), d.chance(0.6) ? '父母' : '岳父母')
}

function tenantsOf(r: Register, d: Dice, h: PlanHouse, c: Calendar): void {
  const key = `${h.community}/${h.label}`
  const sex: Sex = d.chance(0.6) ? 'm' : 'f'
  const person = r.someone(d, `${key}/tenant`, d.chance(0.6) ? 'young' : 'middle', sex, { house: h.label })
  const months_back = d.weighted([[d.int(19, 40), 58], [d.int(5, 17), 36], [d.int(1, 4), 6]])
  const from_on = dayBack(c, months_back, d.int(1, 28))
  const years = Math.floor(months_back / 12) + 1
  const pays: PlanTenancy['pays'] = d.weighted([['use', 62], ['all', 22], ['none', 16]] as const)
  r.tenancies.push({ label: h.label, person, pays, from_on, to_on: d.chance(0.5) ? dayBack(c, months_back - years * 12, 1) : null, contract_no: `ZL-${from_on.slice(0, 4)}-${String(d.int(1, 999)).padStart(3, '0')}` })
  if (d.chance(0.58)) r.residents.push({ label: h.label, person: r.someone(d, `${key}/tenant_spouse`, 'young', other(sex), { phone: d.chance(0.4), house: h.label }), relation: '租户配偶' })
  if (d.chance(0.4)) r.residents.push({ label: h.label, person: r.someone(d, `${key}/tenant_child`, 'child', d.chance(0.5) ? 'm' : 'f', { phone: false, house: h.label }), relation: '租户子女' })
}

export function settleHomes(r: Register, dwellings: readonly PlanHouse[], c: Calendar, developer: string): void {
  for (const h of dwellings) {
    if (h.state === 'unsold') {
      r.owners.push({ label: h.label, person: developer, share_num: 1, share_den: 1, is_primary: true, from_on: '2009-01-01' })
      continue
    }
    const d = dice('home', h.community, h.label)
    const family = ownersOf(r, d, h)
    if (h.state === 'lived_in') familyAtHome(r, d, h, family)
    else if (family.spouse !== null && !family.both) r.residents.push({ label: h.label, person: family.spouse, relation: '配偶' })
    if (h.state === 'let') tenantsOf(r, d, h, c)
  }
}

/** Adds a child here and there until so many people belong to the community. */
export function fillTo(r: Register, dwellings: readonly PlanHouse[], head_count: number, have: number): void {
  const homes = dice('fill').shuffled(dwellings.filter((h) => h.state === 'lived_in'))
  for (let i = 0; i < head_count - have; i++) {
    const h = homes[i]!
    const d = dice('fill', h.community, h.label)
    const owner = `${h.community}/${h.label}/owner`
    const sex: Sex = d.chance(0.5) ? 'm' : 'f'
    const person = r.someone(d, `${h.community}/${h.label}/late`, 'child', sex, { of: r.surnameOf(owner), phone: false, house: h.label })
    const old = r.age.get(owner) === 'old'
    r.residents.push({ label: h.label, person, relation: sex === 'm' ? (old ? '孙子' : '儿子') : old ? '孙女' : '女儿' })
  }
}
