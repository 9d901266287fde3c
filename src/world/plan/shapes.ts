// What the plan of the sample consists of. Natural keys (names, labels) only: ids are made by the product when it is loaded.
export type CommunityKey = 'garden' | 'heshun' | 'huixin'
export type CompanyKey = 'anju' | 'huixin'
export type HouseKind = 'dwelling' | 'shop' | 'office' | 'garage' | 'storage' | 'bay'
export type HouseState = 'unsold' | 'vacant' | 'lived_in' | 'let' | 'renovating' | 'disabled'

export interface PlanCompany {
  key: CompanyKey
  name: string
  short_name: string
  phone: string
  founded_on: string | null
  capital_fen: number
  admin_name: string
  admin_login: string
}
export interface PlanCommunity {
  key: CommunityKey
  company: CompanyKey
  name: string
  address: string
  district: string
  land_mu: string | null
  built_area_m2: string
  green_area_m2: string | null
  service_phone: string
  start_rule: 'delivery_day' | 'next_month'
  zones: readonly string[]
  developer: string
}
export interface PlanBuilding {
  community: CommunityKey
  zone: string | null
  no: string
  name: string
  kind: 'residential' | 'commercial' | 'mixed' | 'car_park' | 'service'
  floors_above: number
  floors_below: number
  has_lift: boolean
  unit_nos: readonly string[]
}
export interface PlanHouse {
  community: CommunityKey
  building_no: string
  unit_no: string | null
  room_no: string
  floor_no: number
  label: string
  kind: HouseKind
  built_area_m2: string
  inner_area_m2: string | null
  heated_area_m2: string | null
  state: HouseState
  delivered_on: string | null
  usage: string | null
}
export interface PlanPublicArea {
  community: CommunityKey
  category: string
  name: string
  place: string | null
  quantity: string
  unit_name: string
  area_m2: string | null
  species: string | null
  note: string | null
}
export interface PlanPerson {
  key: string
  name: string
  kind: 'natural' | 'org' | 'developer'
  phone: string | null
}
/** A person's share of a house; `from_on` is the day the owner's duty begins. */
export interface PlanOwner {
  label: string
  person: string
  share_num: number
  share_den: number
  is_primary: boolean
  from_on: string
}
export interface PlanTenancy {
  label: string
  person: string
  pays: 'none' | 'use' | 'all'
  from_on: string
  to_on: string | null
  contract_no: string | null
}
export interface PlanResident {
  label: string
  person: string
  relation: string
}
export interface PlanVehicle {
  label: string
  person: string
  plate: string
  kind: 'small' | 'new_energy' | 'motorbike' | 'ebike'
  brand: string
}
/** A marked space let to a household by the month; `label` is the household's dwelling. */
export interface PlanLease {
  bay: string
  label: string
  person: string
  from_on: string
  to_on: string | null
}
export interface NewOwner {
  name: string
  phone: string
  share_num: number
  share_den: number
}
/** A sale, or the developer's hand-over, during the months that are played. */
export interface PlanChange {
  community: CommunityKey
  kind: 'transfer' | 'delivery'
  label: string
  on_day: string
  /** When the desk writes it down: before the bills of that month are made, or on the day itself. */
  noted_on: string
  owners: NewOwner[]
}
export interface PlanPeople {
  persons: PlanPerson[]
  owners: PlanOwner[]
  tenancies: PlanTenancy[]
  residents: PlanResident[]
  vehicles: PlanVehicle[]
  leases: PlanLease[]
}
export type Habit = 'monthly' | 'quarterly' | 'half_yearly' | 'yearly' | 'prepay' | 'late' | 'chronic'
