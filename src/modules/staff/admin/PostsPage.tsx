// 岗位与编制: a post and place a row, with how many there should be, are, and have their certificates; a figure opens its people.
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { ExcelButton, Figure, StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace, useSession } from '../../../ui/session.ts'
import { ErrorBlock } from '../../../ui/states.tsx'
import { staff, type PostRow, type StaffingRow } from '../contract.ts'
import { rateText, said } from '../shown.ts'
import { words } from '../words.ts'

const useWholeOrg = (): boolean => useSession().company_permissions.some((p) => p === '*' || p === 'staff.org.write')
export default function PostsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const writes = useWholeOrg()
  const [search, setSearch] = useSearchState()
  const [open, setOpen] = useState(false)
  const here = place_id ? { community_id: place_id } : {}
  const tab = search['tab'] ?? 'staffing'
  const q = useRead(staff.staffing, here)
  const d = q.data
  const sees = may('staff.file.view')
  const link = (r: StaffingRow, more = ''): string => `/staff/employees?post_id=${r.post_id}${r.community_id ? `&community_id=${r.community_id}` : '&hq=1'}${more}`
  const rate = d && d.needing_sum > 0 ? Math.floor((d.certified_sum * 10_000) / d.needing_sum) : null
  return (
    <ReadPage title="岗位与编制" loading={q.loading} error={q.error} retry={q.retry} actions={<>{may('staff.file.export') ? <ExcelButton call={staff.staffingExcel} input={here} label="导出" /> : null}{writes ? <Button type="primary" onClick={() => setOpen(true)}>新增岗位</Button> : null}</>}>
      {d ? <div className="hy-figures"><Figure label="编制" value={String(d.headcount_sum)} unit="人" /><Figure label="在岗" value={String(d.people_sum)} unit="人" {...(sees ? { to: '/staff/employees' } : {})} /><Figure label="须持证" value={String(d.needing_sum)} unit="人" /><Figure label={`持证率(要求 ${d.bar_percent}%)`} value={rateText(rate)} {...(sees ? { to: '/staff/employees?fact=uncertified' } : {})} /></div> : null}
      <div className="hy-card hy-stack">
        <div className="hy-line" role="group" aria-label="看什么">{(['staffing', 'posts'] as const).map((t) => <Button key={t} size="small" type={tab === t ? 'primary' : 'default'} aria-pressed={tab === t} onClick={() => setSearch({ tab: t === 'staffing' ? undefined : t })}>{t === 'staffing' ? '编制与持证率' : '岗位'}</Button>)}</div>
        {tab === 'posts' ? <Posts /> : (
          <RowsTable<StaffingRow> cards label="编制与持证率" rows={d?.rows ?? []} row_key="key" empty="还没有编制,也没有在岗的员工" next={writes ? <Button onClick={() => setSearch({ tab: 'posts' })}>设岗位和编制</Button> : null} columns={[
            { key: 'post_name', title: '岗位', width: 160, show: (r) => <Go to={`/staff/posts/${r.post_id}`}>{r.post_name}</Go> }, { key: 'community_name', title: '小区', width: 120 }, { key: 'family', title: '序列', width: 70, show: (r) => said('family', r.family) }, { key: 'headcount', title: '编制', width: 70, align: 'right', show: (r) => r.headcount ?? '未定' }, { key: 'people_count', title: '在岗', width: 70, show: (r) => (r.people_count > 0 && sees ? <Go to={link(r)}>{r.people_count}</Go> : r.people_count) }, { key: 'gap_count', title: '缺员', width: 70, show: (r) => (r.gap_count ? <span className="hy-red">{r.gap_count}</span> : '—') },
            { key: 'kinds', title: '要求证书', width: 220, show: (r) => r.kind_names.join('、') || '—' }, { key: 'needing_count', title: '须持证', width: 75 }, { key: 'certified_count', title: '已持证', width: 75 }, { key: 'rate_bp', title: '持证率', width: 90, show: (r) => (r.below && sees ? <Go to={link(r, '&fact=uncertified')}><span className="hy-red">{rateText(r.rate_bp)}</span></Go> : rateText(r.rate_bp)) },
          ]} />
        )}
      </div>
      {open ? <PostDrawer close={() => setOpen(false)} /> : null}
    </ReadPage>
  )
}
function Posts() {
  const { place_id } = usePlace()
  const [all, setAll] = useState(false)
  const q = useRead(staff.posts, { with_retired: all, ...(place_id ? { community_id: place_id } : {}) })
  if (q.error) return <ErrorBlock error={q.error} retry={q.retry} />
  return (
    <>
      <div><Checkbox checked={all} onChange={(e) => setAll(e.target.checked)}>含停用的</Checkbox></div>
      <RowsTable<PostRow> cards label="岗位" rows={q.data?.rows ?? []} row_key="post_id" empty="还没有岗位" columns={[{ key: 'name', title: '岗位', width: 160, show: (r) => <span className="hy-line"><Go to={`/staff/posts/${r.post_id}`}>{r.name}</Go>{r.retired ? <StateTag value="x" words={{ x: '停用' }} /> : null}</span> }, { key: 'family', title: '序列', width: 80, show: (r) => said('family', r.family) }, { key: 'people_count', title: '在岗', width: 70 }, { key: 'headcount', title: '编制', width: 70, align: 'right' }, { key: 'kinds', title: '要求证书', width: 240, show: (r) => r.kind_names.join('、') || '—' }, { key: 'duties', title: '职责', width: 380 }]} />
    </>
  )
}
export function PostDrawer({ row, close }: { row?: PostRow; close: () => void }) {
  const save = useWrite(staff.savePost, { in_form: true, done: '已保存' })
  return <FormDrawer open onClose={close} title={row ? `修改 ${row.name}` : '新增岗位'} call={staff.savePost} loading={save.running} submitError={save.error} words={{ family: words.states!['family'] }} fixed={row ? { post_id: row.post_id } : { retired: false }} fields={['name', 'family', { name: 'duties', kind: 'area', wide: true }, 'sort_no', ...(row ? ['retired' as const] : [])]} initial={row ? { name: row.name, family: row.family, duties: row.duties, sort_no: row.sort_no, retired: row.retired } : { name: '', family: 'security', duties: '', sort_no: 10 }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
