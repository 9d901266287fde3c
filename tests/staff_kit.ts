// What tests of staff stand on: departments and posts of the tiny world, at a fixed hour, and people who entered.
import type { Caller, TestApp } from './harness.ts'
import { staff } from '../src/modules/staff/contract.ts'
import { kindIdOf } from '../src/modules/staff/server/config.ts'

/** A Thursday, ten in the morning. */
export const NOW = '2026-03-05T02:00:00.000Z'
export const TODAY = '2026-03-05'
export interface Org {
  departments: Record<'项目部' | '秩序部', string>
  posts: Record<'秩序员' | '电工' | '文员', string>
  guard: string
  low: string
}
export async function orgOf(t: TestApp, community_id: string, as: Caller = t.as('admin')): Promise<Org> {
  const department = async (name: string, parent_id: string | null) => (await as(staff.saveDepartment, { name, parent_id, community_id, from_on: TODAY, sort_no: 10, basis: '定岗定编' })).department_id
  const post = async (name: string, family: 'security' | 'engineering' | 'management') => (await as(staff.savePost, { name, family, duties: `${name}的职责`, sort_no: 10, retired: false })).post_id
  const top = await department('项目部', null)
  const org: Org = { departments: { 项目部: top, 秩序部: await department('秩序部', top) }, posts: { 秩序员: await post('秩序员', 'security'), 电工: await post('电工', 'engineering'), 文员: await post('文员', 'management') }, guard: kindIdOf(t.company_id, 'person_guard'), low: kindIdOf(t.company_id, 'person_low') }
  await as(staff.setNeeds, { post_id: org.posts.秩序员, from_on: TODAY, kind_ids: [org.guard], basis: '保安服务管理条例 16' })
  await as(staff.setHeadcount, { post_id: org.posts.秩序员, community_id, from_on: TODAY, people_count: 3, basis: '定岗定编' })
  return org
}
export const hire = (as: Caller, org: Org, community_id: string | null, o: { name: string; post?: keyof Org['posts']; entered_on?: string; phone?: string; id_number?: string; account_id?: string; no?: string; probation_to_on?: string }) =>
  as(staff.hire, { post_id: org.posts[o.post ?? '秩序员'], department_id: org.departments.秩序部, community_id, entered_on: o.entered_on ?? '2025-06-01', name: o.name, ...(o.phone ? { phone: o.phone } : {}), ...(o.id_number ? { id_kind: 'id_card', id_number: o.id_number } : {}), ...(o.account_id ? { account_id: o.account_id } : {}), ...(o.no ? { no: o.no } : {}), ...(o.probation_to_on ? { probation_to_on: o.probation_to_on } : {}) })
