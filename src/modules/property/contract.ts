import { z } from 'zod'
import { stewardCalls } from './contract_stewards.ts'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, Decimal, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const HouseKind = z.enum(['dwelling', 'shop', 'office', 'garage', 'storage', 'bay']).meta({ zh: '房产类别' })
export const HouseState = z.enum(['unsold', 'vacant', 'lived_in', 'let', 'renovating', 'disabled']).meta({ zh: '状态' })
export const BuildingKind = z.enum(['residential', 'commercial', 'mixed', 'car_park', 'service']).meta({ zh: '楼栋类别' })
const Area = Decimal.refine((v) => !v.startsWith('-'), '不能为负')

export const Community = z.object({
  community_id: Id,
  name: Needed(40).meta({ zh: '小区名称' }),
  kind: z.enum(['estate', 'park']).meta({ zh: '类别' }),
  address: Text(100).nullable().meta({ zh: '地址' }),
  district: Text(40).nullable().meta({ zh: '行政区' }),
  land_mu: Area.nullable().meta({ zh: '占地(亩)' }),
  built_area_m2: Area.nullable().meta({ zh: '总建筑面积(㎡)' }),
  green_area_m2: Area.nullable().meta({ zh: '绿化面积(㎡)' }),
  service_phone: Text(30).nullable().meta({ zh: '服务电话' }),
  start_rule: z.enum(['delivery_day', 'next_month']).meta({ zh: '业主起费规则' }),
})
export type Community = z.output<typeof Community>
const CommunityRow = Community.extend({ house_count: z.int().meta({ zh: '户数' }), building_count: z.int().meta({ zh: '楼栋数' }), area_sum_m2: z.string().meta({ zh: '登记面积合计' }) })

export const Building = z.object({
  building_id: Id,
  community_id: Id,
  zone_id: Id.nullable().meta({ zh: '分区' }),
  no: Needed(10).meta({ zh: '栋号' }),
  name: Needed(30).meta({ zh: '名称' }),
  kind: BuildingKind,
  floors_above: z.int().min(0).max(200).meta({ zh: '地上层数' }),
  floors_below: z.int().min(0).max(20).meta({ zh: '地下层数' }),
  has_lift: z.boolean().meta({ zh: '电梯' }),
})
export type Building = z.output<typeof Building>

export const House = z.object({
  house_id: Id,
  community_id: Id,
  building_id: Id,
  unit_id: Id.nullable(),
  kind: HouseKind,
  room_no: Needed(20).meta({ zh: '室号' }),
  floor_no: z.int().min(-20).max(200).meta({ zh: '楼层' }),
  label: z.string().meta({ zh: '房号' }),
  built_area_m2: Area.meta({ zh: '建筑面积(㎡)' }),
  inner_area_m2: Area.nullable().meta({ zh: '套内面积(㎡)' }),
  heated_area_m2: Area.nullable().meta({ zh: '供热面积(㎡)' }),
  state: HouseState,
  delivered_on: Day.nullable().meta({ zh: '交付日' }),
  usage: Text(40).nullable().meta({ zh: '用途' }),
  note: Text(200).nullable().meta({ zh: '备注' }),
})
export type House = z.output<typeof House>
export const HouseRow = House.extend({ community_name: z.string(), building_name: z.string(), unit_name: z.string().nullable(), owner_names: z.string().meta({ zh: '业主' }), can: Can('write') })
export type HouseRow = z.output<typeof HouseRow>

const TreeHouseless = z.object({ unit_id: Id, no: z.string(), house_count: z.int() })
export const Tree = z.array(
  z.object({
    community_id: Id,
    name: z.string(),
    zones: z.array(z.object({ zone_id: Id, name: z.string() })),
    buildings: z.array(z.object({ building_id: Id, zone_id: Id.nullable(), no: z.string(), name: z.string(), kind: BuildingKind, floors_above: z.int(), floors_below: z.int(), has_lift: z.boolean(), house_count: z.int(), units: z.array(TreeHouseless) })),
  }),
)

export const PublicArea = z.object({
  area_id: Id,
  community_id: Id,
  category: Needed(20).meta({ zh: '类别' }),
  name: Needed(40).meta({ zh: '名称' }),
  place: Text(60).nullable().meta({ zh: '位置' }),
  quantity: Decimal.meta({ zh: '数量' }),
  unit_name: Needed(8).meta({ zh: '单位' }),
  area_m2: Area.nullable().meta({ zh: '面积(㎡)' }),
  species: Text(60).nullable().meta({ zh: '品种' }),
  state: z.enum(['normal', 'repairing', 'disabled']).meta({ zh: '状态' }),
  note: Text(200).nullable().meta({ zh: '备注' }),
})

const HouseFilter = z.object({ community_id: Id.optional(), building_id: Id.optional(), unit_id: Id.optional(), kind: HouseKind.optional(), state: HouseState.optional(), q: Text(40).optional() })

export const property = contract('property', {
  communities: read({ zh: '小区列表', may: 'property.house.read', takes: z.object({}), gives: z.object({ rows: z.array(CommunityRow) }) }),
  saveCommunity: write({ zh: '保存小区', may: 'property.community.write', takes: Repeatable.extend({ ...Community.partial({ community_id: true }).shape }), gives: z.object({ community_id: Id }), refuses: ['property.name_taken'] }),
  tree: read({ zh: '房产树', may: 'property.house.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ communities: Tree }) }),
  saveZone: write({ zh: '保存分区', may: 'property.building.write', takes: Repeatable.extend({ zone_id: Id.optional(), community_id: Id, name: Needed(20).meta({ zh: '分区名称' }) }), gives: z.object({ zone_id: Id }), refuses: ['property.name_taken'] }),
  saveBuilding: write({
    zh: '保存楼栋',
    may: 'property.building.write',
    takes: Repeatable.extend({ ...Building.partial({ building_id: true }).shape, unit_nos: z.array(Needed(10)).max(50).optional().meta({ zh: '单元号' }) }),
    gives: z.object({ building_id: Id }),
    refuses: ['property.name_taken', 'property.label_taken', 'property.bad_number'],
  }),
  removeBuilding: write({ zh: '删除楼栋', may: 'property.building.write', takes: Repeatable.extend({ building_id: Id }), gives: z.object({ done: z.literal(true) }), refuses: ['property.building_has_houses'] }),

  /** `q` finds a house in any spelling: 1-2-301, 1栋2单元301, 1栋301, 301, P1-23. */
  houses: read({ zh: '房产列表', may: 'property.house.read', takes: Paging.extend(HouseFilter.shape), gives: pageOf(HouseRow).extend({ built_area_sum_m2: z.string() }) }),
  housesExcel: download({ zh: '导出房产', may: 'property.house.export', takes: HouseFilter, refuses: ['property.too_many_rows'] }),
  house: read({ zh: '房产档案', may: 'property.house.read', takes: z.object({ house_id: Id }), gives: HouseRow }),
  saveHouse: write({
    zh: '保存房产',
    may: 'property.house.write',
    takes: Repeatable.extend({ ...House.omit({ label: true, community_id: true, unit_id: true }).partial({ house_id: true }).shape, unit_no: Text(10).nullable().optional().meta({ zh: '单元号' }), reason: Text(200).optional().meta({ zh: '变更原因' }) }),
    gives: z.object({ house_id: Id, label: z.string() }),
    refuses: ['property.label_taken', 'property.area_needed', 'property.bad_number'],
  }),
  setHouseState: write({ zh: '变更房产状态', may: 'property.house.write', takes: Repeatable.extend({ house_ids: z.array(Id).min(1).max(500), state: HouseState, reason: Reason }), gives: z.object({ count: z.int() }) }),
  houseHistory: read({
    zh: '房产变更历史',
    may: 'property.house.read',
    takes: z.object({ house_id: Id }),
    gives: z.object({ rows: z.array(z.object({ change_id: Id, field: z.string(), before: z.string().nullable(), after: z.string().nullable(), on_day: Day, reason: z.string().nullable(), changed_by_name: z.string().nullable(), changed_at: Instant })) }),
  }),

  ...stewardCalls,

  publicAreas: read({ zh: '公共部位台账', may: 'property.area.read', takes: Paging.extend({ community_id: Id.optional(), category: Text(20).optional(), q: Text(40).optional() }), gives: pageOf(PublicArea).extend({ categories: z.array(z.object({ category: z.string(), count: z.int(), quantity: z.string() })) }) }),
  savePublicArea: write({ zh: '保存公共部位', may: 'property.area.write', takes: Repeatable.extend(PublicArea.partial({ area_id: true }).shape), gives: z.object({ area_id: Id }), refuses: ['property.name_taken'] }),
  removePublicArea: write({ zh: '删除公共部位', may: 'property.area.write', takes: Repeatable.extend({ area_id: Id }), gives: z.object({ done: z.literal(true) }) }),
  publicAreasExcel: download({ zh: '导出公共部位', may: 'property.area.read', takes: z.object({ community_id: Id.optional(), category: Text(20).optional(), q: Text(40).optional() }), refuses: ['property.too_many_rows'] }),
})
export const events = { 'property.house_changed': z.object({ house_id: Id }), 'property.start_rule_changed': z.object({ community_id: Id }), 'property.deliveries_changed': z.object({ house_ids: z.array(Id).max(5000) }) }
