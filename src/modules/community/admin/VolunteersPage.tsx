// 志愿者: what each has given, by confirmed hours.
import type { Column } from '../../../ui/columns.tsx'
import { instant } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { community, type VolunteerRow } from '../contract.ts'
import { hoursText } from '../shown.ts'

const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '关键词', placeholder: '姓名' }, { kind: 'days', names: ['from_on', 'to_on'], label: '服务日期' }]
const COLUMNS: readonly Column<VolunteerRow>[] = [{ key: 'name', title: '姓名', width: 120, always: true }, { key: 'house_label', title: '房号', width: 110 }, { key: 'phone_masked', title: '电话', width: 130 }, { key: 'times', title: '次数', width: 90 }, { key: 'minutes', title: '已确认', width: 130, show: (r) => hoursText(r.minutes) }, { key: 'open_minutes', title: '待确认', width: 130, show: (r) => (r.open_minutes ? hoursText(r.open_minutes) : '') }, { key: 'last_at', title: '最近一次', width: 150, show: (r) => instant(r.last_at) }]
export default function VolunteersPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(community.volunteers, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  return <ListPage {...list} title="志愿者" name="community.volunteers" columns={COLUMNS} row_key="person_id" href={(r) => `/people/persons/${r.person_id}`} excel={may('community.activity.export') ? community.volunteersExcel : undefined} empty={{ text: '没有符合条件的志愿者' }} />
}
