// What the people plan is written into, one community at a time.
import type { Dice } from './random.ts'
import { fullName, phoneOf, type Age, type Sex } from './names.ts'
import type { CommunityKey, PlanLease, PlanOwner, PlanPeople, PlanPerson, PlanResident, PlanTenancy, PlanVehicle } from './shapes.ts'

const FIRST_PHONE: Record<CommunityKey, number> = { garden: 1, heshun: 10_001, huixin: 20_001 }
/** Numbers of people who come while the months are played. */
export const NEWCOMER_PHONE: Record<CommunityKey, number> = { garden: 9001, heshun: 19_001, huixin: 29_001 }

export class Register implements PlanPeople {
  readonly persons: PlanPerson[] = []
  readonly owners: PlanOwner[] = []
  readonly tenancies: PlanTenancy[] = []
  readonly residents: PlanResident[] = []
  readonly vehicles: PlanVehicle[] = []
  readonly leases: PlanLease[] = []
  private readonly byKey = new Map<string, PlanPerson>()
  private readonly namesIn = new Set<string>()
  readonly age = new Map<string, Age>()
  private phone: number
  private readonly first: string
  constructor(community: CommunityKey) {
    this.first = phoneOf(FIRST_PHONE[community])
    this.phone = FIRST_PHONE[community] + 1
  }
  person(key: string, name: string, o: { kind?: PlanPerson['kind']; phone?: boolean } = {}): string {
    const made: PlanPerson = { key, name, kind: o.kind ?? 'natural', phone: o.phone === false ? null : phoneOf(this.phone++) }
    this.persons.push(made)
    this.byKey.set(key, made)
    return key
  }
  /** Two people of one house never have one name: the register would take them for one. */
  someone(d: Dice, key: string, age: Age, sex: Sex, o: { of?: string; phone?: boolean; house?: string } = {}): string {
    let name = ''
    do name = o.of === undefined ? fullName(d, age, sex) : fullName(d, age, sex, o.of)
    while (o.house !== undefined && this.namesIn.has(`${o.house} ${name}`))
    if (o.house !== undefined) this.namesIn.add(`${o.house} ${name}`)
    return this.person(key, name, { phone: o.phone ?? true })
  }
  /** The one whose phone the sample accounts name. */
  giveFirstPhone(key: string): void {
    this.byKey.get(key)!.phone = this.first
  }
  of(key: string): PlanPerson {
    return this.byKey.get(key)!
  }
  surnameOf(key: string): string {
    const { name } = this.of(key)
    return name.startsWith('令狐') || name.startsWith('上官') ? name.slice(0, 2) : name.slice(0, 1)
  }
}
