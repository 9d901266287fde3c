import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay } from '../../../ui/session.ts'
import { office, type ReaderRow, type VersionText } from '../contract.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '阅读', options: optionsOf(words.states!['read']) }, { kind: 'text', name: 'q', label: '关键词', placeholder: '姓名、岗位' }]
const COLUMNS: readonly Column<ReaderRow>[] = [
  { key: 'name', title: '姓名', width: 100, always: true }, { key: 'post_name', title: '岗位', width: 130, show: (r) => r.post_name ?? '没有档案' }, { key: 'department_name', title: '部门', width: 110 }, { key: 'place_name', title: '工作地点', width: 120 },
  { key: 'due_on', title: '应读完', width: 150, show: (r) => <span className="hy-line">{r.due_on ?? '还没告知'}{r.late ? <StateTag value="x" words={{ x: '逾期' }} tones={{ x: 'bad' }} /> : null}</span> }, { key: 'read_at', title: '阅读时间', width: 150 }, { key: 'confirmed_at', title: '确认时间', width: 150 }, { key: 'told_at', title: '告知时间', width: 150, hidden: true }, { key: 'reminded_at', title: '提醒时间', width: 150 },
]
/** Whoever has not read stands first. */
export function Readers({ v }: { v: VersionText }) {
  const may = useMay()
  const list = useList(office.readers, { filters: FILTERS, fixed: { version_id: v.version_id } })
  return <ListPage {...list} inside title="阅读情况" name="office.readers" columns={COLUMNS} row_key="account_id" excel={may('office.rule.export') ? office.readersExcel : undefined} empty={{ text: v.kept ? '阅读记录已到期删除' : '没有符合条件的员工' }} />
}
