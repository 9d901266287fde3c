import { useList, optionsOf, type Filter } from '../../../ui/list.ts'
import type { Column } from '../../../ui/columns.tsx'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay } from '../../../ui/session.ts'
import { community, type NoticeDetail, type ReaderRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '阅读', options: optionsOf(words.states!['read']) }, { kind: 'text', name: 'q', label: '关键词', placeholder: '房号、姓名' }]
const COLUMNS: readonly Column<ReaderRow>[] = [{ key: 'house_label', title: '房号', width: 120, always: true }, { key: 'name', title: '姓名', width: 100 }, { key: 'role', title: '身份', width: 90, show: (r) => said('role', r.role) }, { key: 'phone_masked', title: '电话', width: 120, show: (r) => r.phone_masked ?? '没有手机号' }, { key: 'read_at', title: '阅读时间', width: 150 }, { key: 'confirmed_at', title: '确认时间', width: 150 }, { key: 'sent_at', title: '发送时间', width: 150, hidden: true }, { key: 'reminded_at', title: '提醒时间', width: 150 }]
/** By house: who has read it when; the unread go to Excel with their rooms. */
export function Readers({ n }: { n: NoticeDetail }) {
  const may = useMay()
  const list = useList(community.readers, { filters: FILTERS, fixed: { notice_id: n.notice_id } })
  return <ListPage {...list} inside title="阅读情况" name="community.readers" columns={COLUMNS} row_key="key" href={(r) => `/property/houses/${r.house_id}`} excel={may('community.reader.export') ? community.readersExcel : undefined} empty={{ text: n.kept ? '阅读记录已到期删除' : '没有符合条件的业户' }} />
}
