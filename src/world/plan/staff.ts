// Staff: 43 of 安居, 27 of them posts of 花园小区 as S20 lists them; and the three of 汇心. `password` names the documented sample
// password; everybody else got a first password that nobody wrote down.
import { dice } from './random.ts'
import { fullName } from './names.ts'
import type { CommunityKey, CompanyKey } from './shapes.ts'

export interface PlanStaff {
  company: CompanyKey
  login: string
  name: string
  post: string
  /** Built-in role; null: in the register, without rights in the product. */
  role: 'admin' | 'manager' | 'finance' | 'cashier' | 'service' | 'steward' | 'foreman' | 'repairer' | 'reader' | 'visitor' | 'guard_head' | 'guard' | 'cleaner' | 'inspector' | null
  /** null: the whole company. */
  community: CommunityKey | null
  password: 'admin' | 'staff' | 'visitor' | null
  /** Counted among the 27 posts. */
  garden_post: boolean
}

type Row = [login: string, post: string, role: PlanStaff['role'], community: CommunityKey | null, password: PlanStaff['password']]
const times = (n: number, login: string, post: string, role: PlanStaff['role'] = null): Row[] => Array.from({ length: n }, (_, i) => [`${login}${i + 1}`, post, role, role === null ? null : 'garden', null])

const GARDEN: Row[] = [
  ['jingli', '花园小区 经理', 'manager', null, 'staff'],
  ['bangong', '花园小区 办公室文员', null, null, null],
  ['gongcheng', '花园小区 工程科长', 'foreman', 'garden', 'staff'],
  ['weixiu1', '花园小区 维修员', 'repairer', 'garden', 'staff'], ['weixiu2', '花园小区 维修员', 'repairer', 'garden', 'staff'], ['weixiu3', '花园小区 维修员', 'repairer', 'garden', null], ['weixiu4', '花园小区 维修员', 'repairer', 'garden', null],
  ['kefu', '花园小区 服务科长', 'service', null, 'staff'], ...times(7, 'baojie', '花园小区 保洁员', 'cleaner'), ['lvhua', '花园小区 绿化员', 'cleaner', 'garden', null],
  ['shoufei1', '花园小区 收费员', 'cashier', null, 'staff'], ['shoufei2', '花园小区 收费员', 'cashier', null, 'staff'],
  ['zhixu', '花园小区 秩序科长', 'guard_head', 'garden', 'staff'], ['zhixuyuan1', '花园小区 秩序员', 'guard', 'garden', 'staff'], ...times(8, 'zhixuyuan', '花园小区 秩序员', 'guard').slice(1),
]
const times2 = (n: number, login: string, post: string): Row[] => times(n, login, post)
const REST: Row[] = [
  ['caiwu', '公司 财务主管', 'finance', null, 'staff'], ['chuna', '公司 出纳', 'finance', null, null], ['pinzhi', '公司 品质督导', 'inspector', null, null],
  ['heshun', '和顺苑 主任', 'manager', 'heshun', null], ['heshun-guanjia', '和顺苑 管家', 'steward', 'heshun', null],
  ...times2(2, 'heshun-weixiu', '和顺苑 维修员'), ...times2(4, 'heshun-baojie', '和顺苑 保洁员'), ...times2(4, 'heshun-zhixu', '和顺苑 秩序员'),
]
const VISITOR: Row = ['fangke', '访客(业主委员会)', 'visitor', 'garden', 'visitor']
const HUIXIN: Row[] = [['huixin-shoufei', '收费员', 'cashier', null, null], ['huixin-caiwu', '财务', 'finance', null, null]]

function people(company: CompanyKey, rows: readonly Row[], garden_post: boolean): PlanStaff[] {
  const d = dice('staff', company, garden_post ? 'garden' : 'rest')
  return rows.map(([login, post, role, community, password]) => ({ company, login, name: fullName(d, d.chance(0.3) ? 'young' : 'middle', /保洁|收费|文员|财务|出纳|管家/.test(post) || d.chance(0.2) ? 'f' : 'm'), post, role, community, password, garden_post }))
}

/** The administrators are made with their companies (places.ts) and counted here. */
export const staff: readonly PlanStaff[] = [...people('anju', GARDEN, true), ...people('anju', REST, false), ...people('huixin', HUIXIN, false)]
export const guest: PlanStaff = { ...people('anju', [VISITOR], false)[0]!, name: '业委会代表' }
/** The administrator of 安居 and everybody above. */
export const STAFF_OF_ANJU = 1 + staff.filter((s) => s.company === 'anju').length
