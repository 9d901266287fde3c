// The headings of the left navigation, in order, with their icons. A heading without entries that the person may use is not shown.
import AccountBookOutlined from '@ant-design/icons/es/icons/AccountBookOutlined'
import AlertOutlined from '@ant-design/icons/es/icons/AlertOutlined'
import ApiOutlined from '@ant-design/icons/es/icons/ApiOutlined'
import AuditOutlined from '@ant-design/icons/es/icons/AuditOutlined'
import AppstoreOutlined from '@ant-design/icons/es/icons/AppstoreOutlined'
import BellOutlined from '@ant-design/icons/es/icons/BellOutlined'
import BuildOutlined from '@ant-design/icons/es/icons/BuildOutlined'
import CalculatorOutlined from '@ant-design/icons/es/icons/CalculatorOutlined'
import FileProtectOutlined from '@ant-design/icons/es/icons/FileProtectOutlined'
import FundOutlined from '@ant-design/icons/es/icons/FundOutlined'
import TagsOutlined from '@ant-design/icons/es/icons/TagsOutlined'
import BankOutlined from '@ant-design/icons/es/icons/BankOutlined'
import BarChartOutlined from '@ant-design/icons/es/icons/BarChartOutlined'
import CarOutlined from '@ant-design/icons/es/icons/CarOutlined'
import CustomerServiceOutlined from '@ant-design/icons/es/icons/CustomerServiceOutlined'
import DashboardOutlined from '@ant-design/icons/es/icons/DashboardOutlined'
import HomeOutlined from '@ant-design/icons/es/icons/HomeOutlined'
import IdcardOutlined from '@ant-design/icons/es/icons/IdcardOutlined'
import NotificationOutlined from '@ant-design/icons/es/icons/NotificationOutlined'
import ReadOutlined from '@ant-design/icons/es/icons/ReadOutlined'
import PayCircleOutlined from '@ant-design/icons/es/icons/PayCircleOutlined'
import SafetyOutlined from '@ant-design/icons/es/icons/SafetyOutlined'
import SettingOutlined from '@ant-design/icons/es/icons/SettingOutlined'
import ShopOutlined from '@ant-design/icons/es/icons/ShopOutlined'
import TeamOutlined from '@ant-design/icons/es/icons/TeamOutlined'
import ToolOutlined from '@ant-design/icons/es/icons/ToolOutlined'
import type { ReactNode } from 'react'
import type { MenuEntry, RouteEntry } from '../../ui/module.ts'
import { mayOpen, type Rights } from '../../ui/session.ts'
import { partsOf } from '../../ui/parts.tsx'
import { modules } from './modules.ts'

const GROUPS: readonly { group: string; icon: ReactNode }[] = [
  { group: '工作台', icon: <HomeOutlined /> },
  { group: '房产管理', icon: <BankOutlined /> },
  { group: '业户管理', icon: <TeamOutlined /> },
  { group: '合同管理', icon: <FileProtectOutlined /> },
  { group: '收费管理', icon: <PayCircleOutlined /> },
  { group: '收费标准', icon: <TagsOutlined /> },
  { group: '催缴法务', icon: <BellOutlined /> },
  { group: '财务管理', icon: <AccountBookOutlined /> },
  { group: '账务核算', icon: <CalculatorOutlined /> },
  { group: '维修资金', icon: <BuildOutlined /> },
  { group: '预算收益', icon: <FundOutlined /> },
  { group: '抄表管理', icon: <DashboardOutlined /> },
  { group: '客户服务', icon: <CustomerServiceOutlined /> },
  { group: '客服工单', icon: <ToolOutlined /> },
  { group: '巡查管理', icon: <SafetyOutlined /> },
  { group: '值班应急', icon: <AlertOutlined /> },
  { group: '设备设施', icon: <ToolOutlined /> },
  { group: '智能设备', icon: <ApiOutlined /> },
  { group: '安防秩序', icon: <SafetyOutlined /> },
  { group: '车辆门禁', icon: <CarOutlined /> },
  { group: '社区服务', icon: <NotificationOutlined /> },
  { group: '人事管理', icon: <IdcardOutlined /> },
  { group: '行政办公', icon: <ReadOutlined /> },
  { group: '采购库存', icon: <ShopOutlined /> },
  { group: '行业监管', icon: <AuditOutlined /> },
  { group: '统计分析', icon: <BarChartOutlined /> },
  { group: '系统设置', icon: <SettingOutlined /> },
]

const WORKBENCH: RouteEntry = {
  path: '/',
  title: '工作台',
  page: () => import('./HomePage.tsx'),
  help: ['待办卡片上的数字是现在等着处理的件数,点击打开对应的列表。', '数字卡片点击后看到它由哪些明细合计而成。', '右上方可按小区查看;选择会记住。'],
}
export const parts = partsOf(modules.flatMap((m) => m.parts ?? []))
export const routes: readonly RouteEntry[] = [WORKBENCH, ...modules.flatMap((m) => m.routes)]
const entries: readonly MenuEntry[] = [{ group: '工作台', label: '工作台', path: '/' }, ...modules.flatMap((m) => m.menu)]

export interface MenuGroup {
  group: string
  icon: ReactNode
  entries: MenuEntry[]
}
export function menuFor(rights: Rights): MenuGroup[] {
  // What anybody signed in may open (approvals, rules to be read) is a property company's; an authority is shown what its rights name.
  const named = (e: MenuEntry): boolean => rights.company_kind !== 'authority' || e.needs !== undefined || e.path === '/'
  const mine = entries.filter((e) => named(e) && mayOpen(rights, e))
  const names = [...new Set([...GROUPS.map((g) => g.group), ...mine.map((e) => e.group)])]
  return names
    .map((group) => ({ group, icon: GROUPS.find((g) => g.group === group)?.icon ?? <AppstoreOutlined />, entries: mine.filter((e) => e.group === group).toSorted((a, b) => (a.place ?? 50) - (b.place ?? 50)) }))
    .filter((g) => g.entries.length > 0)
}
export const pinnedFor = (rights: Rights): MenuEntry[] => entries.filter((e) => e.pinned && mayOpen(rights, e))

const patterns = routes.map((r) => ({ route: r, test: new RegExp(`^${r.path.replace(/[.+?()[\]{}|^]/g, '\\$&').replace(/\$\w+/g, '[^/]+')}/?$`) }))
/** The page behind an address without the face, e.g. '/property/houses/0198…'. */
export const routeAt = (path: string): RouteEntry | undefined => patterns.find((p) => p.test.test(path.split('?')[0] ?? ''))?.route
/** The menu entry that an address belongs to: the longest one it begins with. */
export const entryAt = (path: string): MenuEntry | undefined =>
  entries.filter((e) => e.path === path || (e.path !== '/' && path.startsWith(`${e.path}/`))).sort((a, b) => b.path.length - a.path.length)[0]
