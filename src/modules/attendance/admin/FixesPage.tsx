// 补卡: every request with its state; decided in the approval centre.
import { Go } from '../../../ui/address.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { attendance, type FixRow } from '../contract.ts'
import { FIX_TONES, said } from '../shown.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '员工', placeholder: '姓名、工号' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['fix']) }, { kind: 'days', names: ['from_on', 'to_on'], label: '日期' }]
const COLUMNS: readonly Column<FixRow>[] = [{ key: 'name', title: '姓名', width: 100, always: true, show: (r) => <Go to={`/staff/employees/${r.employee_id}`}>{r.name}</Go> }, { key: 'on_day', title: '哪天的班', width: 110 }, { key: 'which', title: '补卡', width: 80, show: (r) => said('which', r.which) }, { key: 'at', title: '实际时间', width: 145 }, { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states!['fix']} tones={FIX_TONES} /> }, { key: 'reason', title: '原因', width: 220 }, { key: 'asked_by_name', title: '申请人', width: 100 }, { key: 'asked_at', title: '申请时间', width: 145 }, { key: 'approval', title: '审批', width: 75, show: (r) => <Go to={`/system/approvals/${r.approval_id}`}>查看</Go> }, { key: 'community_name', title: '小区', width: 120, hidden: true }]
export default function FixesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(attendance.fixes, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  return <ListPage {...list} title="补卡" name="attendance.fixes" columns={COLUMNS} row_key="fix_id" excel={may('attendance.sheet.export') ? attendance.fixesExcel : undefined} empty={{ text: '没有符合条件的补卡' }} />
}
