import { z } from 'zod'
import { contract, read, write } from '../../kernel/contract.ts'
import { Can, Day, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const PersonKind = z.enum(['natural', 'org', 'developer']).meta({ zh: '类别' })
export const IdKind = z.enum(['id_card', 'passport', 'permit', 'credit_code', 'other']).meta({ zh: '证件类型' })
export const TenantPays = z.enum(['none', 'use', 'all']).meta({ zh: '租户承担' })
export const FeeClass = z.enum(['property', 'use'])
export const PayerRole = z.enum(['developer', 'owner', 'tenant'])
/** A mobile number, or a land line with area code and extension. */
export const Phone = z.string().trim().regex(/^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|[48]00-?\d{3}-?\d{4}|[2-8]\d{6,7})$/, '应为 11 位手机号,或带区号的座机').meta({ zh: '电话' })
const IdNumber = z.string().trim().regex(/^[0-9A-Za-z()-]{5,30}$/, '应为 5 到 30 位数字或字母').meta({ zh: '证件号码' })

/** Somebody named in another form: a person that is there already, or a new one. */
export const PersonAsk = z
  .object({
    person_id: Id.optional(),
    name: Needed(60).optional().meta({ zh: '姓名或单位' }),
    kind: PersonKind.optional(),
    phone: Phone.nullable().optional(),
    phone2: Phone.nullable().optional(),
    id_kind: IdKind.nullable().optional(),
    id_number: IdNumber.nullable().optional(),
  })
  .refine((p) => p.person_id !== undefined || p.name !== undefined, { path: ['name'], message: '请选择已有人员或填写姓名' })
export type PersonAsk = z.output<typeof PersonAsk>

const Share = z.int().min(1).max(1_000_000)
export const OwnerAsk = z.object({ person: PersonAsk, share_num: Share.default(1).meta({ zh: '份额(分子)' }), share_den: Share.default(1).meta({ zh: '份额(分母)' }), is_primary: z.boolean().optional().meta({ zh: '主要联系人' }) })
export type OwnerAsk = z.output<typeof OwnerAsk>
export const PersonRow = z.object({
  person_id: Id,
  name: z.string().meta({ zh: '姓名' }),
  kind: PersonKind,
  phone_masked: z.string().nullable().meta({ zh: '手机号' }),
  phone2_masked: z.string().nullable().meta({ zh: '备用电话' }),
  id_kind: IdKind.nullable(),
  /** Only the last four of the identity number ever travel in lists. */
  id_number_tail: z.string().nullable().meta({ zh: '证件号末四位' }),
  note: z.string().nullable().meta({ zh: '备注' }),
  /** Houses of today, as '1-1-101(业主)、1-2-301(租户)'. */
  houses: z.string().meta({ zh: '房产' }),
  can: Can('write', 'reveal_phone', 'reveal_id', 'issue_code'),
})
export type PersonRow = z.output<typeof PersonRow>

const PersonShort = { person_id: Id, name: z.string().meta({ zh: '姓名' }), kind: PersonKind, phone_masked: z.string().nullable().meta({ zh: '手机号' }) }
export const OwnershipRow = z.object({ ownership_id: Id, ...PersonShort, share_num: z.int(), share_den: z.int(), is_primary: z.boolean(), from_on: Day.meta({ zh: '起' }), to_on: Day.nullable().meta({ zh: '止' }), cause: z.string().meta({ zh: '来由' }) })
export const TenancyRow = z.object({ tenancy_id: Id, ...PersonShort, pays: TenantPays, from_on: Day, to_on: Day.nullable(), contract_no: z.string().nullable().meta({ zh: '合同号' }), active: z.boolean() })
export const HouseholdRow = z.object({ household_id: Id, ...PersonShort, relation: z.string().meta({ zh: '关系' }), from_on: Day, to_on: Day.nullable(), active: z.boolean() })
export const PayerRow = z.object({ fee_class: FeeClass, person_id: Id, name: z.string(), role: PayerRole, from_on: Day, to_on: Day.nullable() })
export const VehicleKind = z.enum(['small', 'large', 'new_energy', 'motorbike', 'ebike']).meta({ zh: '车型' })
export const VehicleRow = z.object({
  vehicle_id: Id,
  plate: z.string().meta({ zh: '车牌' }),
  kind: VehicleKind,
  brand: z.string().nullable().meta({ zh: '品牌颜色' }),
  house_id: Id.nullable(),
  house_label: z.string().nullable().meta({ zh: '房号' }),
  person_id: Id.nullable(),
  person_name: z.string().nullable().meta({ zh: '车主' }),
  to_on: Day.nullable().meta({ zh: '注销日' }),
})

export const HouseFile = z.object({
  house_id: Id,
  label: z.string(),
  community_name: z.string(),
  delivered_on: Day.nullable(),
  /** Owners of today; the developer while the house is undelivered. */
  owners: z.array(OwnershipRow),
  tenancies: z.array(TenancyRow),
  household: z.array(HouseholdRow),
  vehicles: z.array(VehicleRow),
  /** Who pays what from when to when, past and to come. */
  payers: z.array(PayerRow),
  can: Can('set_owners', 'move_in', 'transfer', 'write'),
})
export type HouseFile = z.output<typeof HouseFile>

export const TimelineRow = z.object({
  id: z.string(),
  kind: z.enum(['owner', 'tenancy', 'household', 'transfer', 'vehicle']),
  on_day: Day,
  /** 'begin' or 'end' of it. */
  edge: z.enum(['begin', 'end']),
  person_name: z.string().nullable(),
  detail: z.string(),
})

const Done = z.object({ done: z.literal(true) })
const personRefusals = ['people.id_taken', 'people.bad_id_number'] as const
const ownerRefusals = [...personRefusals, 'people.shares_not_one', 'people.person_twice', 'people.one_primary'] as const

/** What a change of owners may be refused for; for whoever transfers with more around it. */
export const TRANSFER_REFUSALS = [...ownerRefusals, 'people.no_owner_to_transfer', 'people.undelivered', 'people.before_first_day', 'people.later_owners'] as const
export const Owners = z.array(OwnerAsk).min(1, '至少一名业主').max(50).meta({ zh: '业主' })

export const SIGN_IN_CODE_DAYS_MAX = 7

export const people = contract('people', {
  persons: read({
    zh: '业户列表',
    may: 'people.person.read',
    /** `q`: beginning of a name, pinyin initials, last four digits of a phone, a whole phone, a house number. */
    takes: Paging.extend({ q: Text(40).optional(), community_id: Id.optional(), building_id: Id.optional(), house_id: Id.optional(), role: z.enum(['owner', 'tenant', 'household']).optional(), kind: PersonKind.optional() }),
    gives: pageOf(PersonRow),
  }),
  person: read({
    zh: '业户档案',
    may: 'people.person.read',
    takes: z.object({ person_id: Id }),
    gives: PersonRow.extend({ vehicles: z.array(VehicleRow) }),
  }),
  housesOfPerson: read({
    zh: '某人的房产',
    may: 'people.person.read',
    takes: z.object({ person_id: Id }),
    gives: z.object({ rows: z.array(z.object({ house_id: Id, label: z.string(), community_name: z.string(), role: z.enum(['owner', 'tenant', 'household']), detail: z.string(), from_on: Day, to_on: Day.nullable(), active: z.boolean() })) }),
  }),
  savePerson: write({
    zh: '保存业户',
    may: 'people.person.write',
    /** In a change an absent field stays, null clears it. */
    takes: Repeatable.extend({
      person_id: Id.optional(),
      name: Needed(60).meta({ zh: '姓名或单位' }),
      kind: PersonKind.optional(),
      phone: Phone.nullable().optional(),
      phone2: Phone.nullable().optional(),
      id_kind: IdKind.nullable().optional(),
      id_number: IdNumber.nullable().optional(),
      note: Text(200).nullable().optional().meta({ zh: '备注' }),
    }),
    gives: z.object({ person_id: Id }),
    refuses: [...personRefusals],
  }),
  /** One person entered twice: everything of `drop_id` goes to `keep_id`. */
  mergePersons: write({ zh: '合并重复业户', may: 'people.person.write', takes: Repeatable.extend({ keep_id: Id, drop_id: Id, reason: Reason }), gives: z.object({ person_id: Id }), refuses: ['people.same_person', 'people.both_own', 'people.different_ids'] }),
  /** Writes, because who looked at whose number is kept in the audit. */
  revealPhone: write({ zh: '查看完整电话', may: 'people.phone.reveal', takes: z.object({ person_id: Id }), gives: z.object({ phone: z.string().nullable(), phone2: z.string().nullable() }) }),
  revealId: write({ zh: '查看完整证件号', may: 'people.id.reveal', takes: z.object({ person_id: Id }), gives: z.object({ id_kind: IdKind.nullable(), id_number: z.string().nullable() }) }),

  /** A code for the resident app, handed over at the desk to a person whose identity was seen: once, and only for this company. */
  issueSignInCode: write({
    zh: '开具业主登录码',
    may: 'people.sign_in_code.issue',
    takes: Repeatable.extend({ person_id: Id, days: z.int().min(1).max(SIGN_IN_CODE_DAYS_MAX).default(3).meta({ zh: '有效天数' }) }),
    gives: z.object({ secret_code: z.string(), phone_masked: z.string(), expires_at: Instant }),
    refuses: ['people.no_phone_to_sign_in'],
  }),

  houseFile: read({ zh: '房产的住户档案', may: 'people.person.read', takes: z.object({ house_id: Id }), gives: HouseFile }),
  houseTimeline: read({ zh: '房产的住户历史', may: 'people.person.read', takes: z.object({ house_id: Id }), gives: z.object({ rows: z.array(TimelineRow) }) }),
  /** First owners (or the developer) of a house, or the present ones put right with the same begin. A change of owners is a transfer. */
  setOwners: write({ zh: '登记业主', may: 'people.house.write', takes: Repeatable.extend({ house_id: Id, from_on: Day.meta({ zh: '起算日' }), owners: Owners, reason: Text(200).optional() }), gives: Done, refuses: [...ownerRefusals, 'people.has_owners', 'people.undelivered', 'people.later_owners'] }),
  moveIn: write({
    zh: '交付入住',
    may: 'people.house.write',
    takes: Repeatable.extend({ house_id: Id, delivered_on: Day.meta({ zh: '交付日' }), owners: z.array(OwnerAsk).max(50).optional().meta({ zh: '业主' }), state: z.enum(['vacant', 'lived_in', 'renovating', 'let']).default('vacant').meta({ zh: '交付后状态' }) }),
    gives: Done,
    refuses: [...ownerRefusals, 'people.already_delivered', 'people.has_owners', 'people.owners_needed', 'people.before_first_day', 'people.later_owners'],
  }),
  transferHouse: write({
    zh: '过户',
    may: 'people.house.transfer',
    /** The new owners pay from `on_day`; what was billed for earlier days stays with the old ones unless it was settled between them. Members of the
     *  old household lose the house that day unless `keep_household`; tenants stay. */
    takes: Repeatable.extend({ house_id: Id, on_day: Day.meta({ zh: '过户日' }), owners: Owners, reason: Reason, arrears_to: z.enum(['old', 'settled']).default('old').meta({ zh: '欠费处理' }), keep_household: z.boolean().default(false).meta({ zh: '保留原住户' }) }),
    gives: z.object({ transfer_id: Id }),
    refuses: [...TRANSFER_REFUSALS],
  }),
  saveTenancy: write({
    zh: '登记租住',
    may: 'people.house.write',
    takes: Repeatable.extend({ tenancy_id: Id.optional(), house_id: Id, person: PersonAsk, pays: TenantPays, from_on: Day.meta({ zh: '起租日' }), to_on: Day.nullable().meta({ zh: '止租日(不含)' }), contract_no: Text(40).nullable().optional().meta({ zh: '合同号' }) }),
    gives: z.object({ tenancy_id: Id }),
    refuses: [...personRefusals, 'people.ends_before_begin', 'people.tenancies_overlap'],
  }),
  /** A tenancy entered by mistake, before its first day. Afterwards it is ended or put right instead. */
  withdrawTenancy: write({ zh: '撤销租住登记', may: 'people.house.write', takes: Repeatable.extend({ tenancy_id: Id }), gives: Done, refuses: ['people.tenancy_begun'] }),
  endTenancy: write({ zh: '退租', may: 'people.house.write', takes: Repeatable.extend({ tenancy_id: Id, to_on: Day.meta({ zh: '退租日' }) }), gives: Done, refuses: ['people.ends_before_begin'] }),
  addHousehold: write({ zh: '登记住户', may: 'people.house.write', takes: Repeatable.extend({ house_id: Id, person: PersonAsk, relation: Needed(20).meta({ zh: '与业主关系' }), from_on: Day.optional() }), gives: z.object({ household_id: Id }), refuses: [...personRefusals, 'people.already_member'] }),
  endHousehold: write({ zh: '住户迁出', may: 'people.house.write', takes: Repeatable.extend({ household_id: Id, to_on: Day.meta({ zh: '迁出日' }) }), gives: Done, refuses: ['people.ends_before_begin'] }),

  vehicles: read({ zh: '车辆列表', may: 'people.vehicle.read', takes: Paging.extend({ q: Text(20).optional(), house_id: Id.optional(), community_id: Id.optional(), with_ended: z.boolean().default(false) }), gives: pageOf(VehicleRow) }),
  saveVehicle: write({
    zh: '保存车辆',
    may: 'people.vehicle.write',
    takes: Repeatable.extend({ vehicle_id: Id.optional(), plate: Needed(12).meta({ zh: '车牌' }), kind: VehicleKind, brand: Text(40).nullable().optional().meta({ zh: '品牌颜色' }), house_id: Id, person_id: Id.nullable().optional() }),
    gives: z.object({ vehicle_id: Id }),
    refuses: ['people.bad_plate', 'people.plate_taken'],
  }),
  endVehicle: write({ zh: '注销车辆', may: 'people.vehicle.write', takes: Repeatable.extend({ vehicle_id: Id, to_on: Day.optional() }), gives: Done }),

  myHouses: read({
    zh: '我的房产',
    may: 'resident',
    takes: z.object({}),
    gives: z.object({ rows: z.array(z.object({ house_id: Id, label: z.string(), community_id: Id, community_name: z.string(), address: z.string().nullable(), role: z.enum(['owner', 'tenant', 'household']), built_area_m2: z.string(), service_phone: z.string().nullable() })) }),
  }),
  myHousehold: read({
    zh: '我的家庭成员',
    may: 'resident',
    takes: z.object({ house_id: Id }),
    gives: z.object({
      holders: z.array(z.object({ name: z.string(), role: z.enum(['owner', 'tenant']), phone_masked: z.string().nullable(), me: z.boolean() })),
      members: z.array(z.object({ household_id: Id, name: z.string(), relation: z.string(), phone_masked: z.string().nullable(), from_on: Day, me: z.boolean(), can: Can('end') })),
      can: Can('add'),
    }),
  }),
  addMyHousehold: write({
    zh: '添加家庭成员',
    may: 'resident',
    takes: Repeatable.extend({ house_id: Id, name: Needed(30).meta({ zh: '姓名' }), phone: z.string().regex(/^1[3-9]\d{9}$/, '应为 11 位手机号').meta({ zh: '手机号' }), relation: Needed(20).meta({ zh: '与业主关系' }) }),
    gives: z.object({ household_id: Id }),
    refuses: ['people.owner_decides', 'people.household_full', 'people.household_too_often', 'people.already_member'],
  }),
  endMyHousehold: write({ zh: '移出家庭成员', may: 'resident', takes: Repeatable.extend({ household_id: Id }), gives: Done, refuses: ['people.owner_decides'] }),
  myProfile: read({
    zh: '我的资料',
    may: 'resident',
    takes: z.object({}),
    gives: z.object({ name: z.string(), phone: z.string().nullable(), persons: z.array(z.object({ person_id: Id, name: z.string(), kind: PersonKind, id_number_tail: z.string().nullable() })), vehicles: z.array(VehicleRow) }),
  }),
})
export const events = {
  'people.house_transferred': z.object({ house_id: Id, transfer_id: Id, on_day: Day, arrears_to: z.enum(['old', 'settled']), old_person_ids: z.array(Id), new_person_ids: z.array(Id) }),
  /** The intervals of who pays were computed anew for a house. */
  'people.payers_changed': z.object({ house_id: Id }),
  'people.moved_in': z.object({ house_id: Id, delivered_on: Day }),
}

