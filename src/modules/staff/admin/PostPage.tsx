// 岗位: duties, headcount by community and required certificates, each with its versions.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace, useSession } from '../../../ui/session.ts'
import { staff } from '../contract.ts'
import { VERSION_TONES, said } from '../shown.ts'
import { words } from '../words.ts'
import { PlaceInput, useOrg } from './inputs.tsx'
import { PostDrawer } from './PostsPage.tsx'

export default function PostPage() {
  const post_id = useParam('post_id')
  const q = useRead(staff.post, { post_id })
  const sees = useMay()('staff.file.view')
  const writes = useSession().company_permissions.some((p) => p === '*' || p === 'staff.org.write')
  const [open, setOpen] = useState<'edit' | 'count' | 'need'>()
  const p = q.data
  const close = (): void => setOpen(undefined)
  const state = { key: 'state', title: '状态', width: 85, show: (x: { state: 'now' | 'future' | 'past' }) => <StateTag value={x.state} words={words.states!['version']} tones={VERSION_TONES} /> }
  const made = { key: 'made_at', title: '设定', width: 180, show: (x: { made_by_name: string; made_at: string }) => `${x.made_by_name} ${instant(x.made_at)}` }
  return (
    <>
      <DetailPage
        title={p?.name ?? '岗位'} loading={q.loading} error={q.error} retry={q.retry} back="/staff/posts" tags={p?.retired ? <StateTag value="x" words={{ x: '停用' }} /> : null}
        actions={p && writes ? <><Button onClick={() => setOpen('edit')}>修改</Button>{p.retired ? null : <><Button onClick={() => setOpen('need')}>设定要求证书</Button><Button type="primary" onClick={() => setOpen('count')}>设定编制</Button></>}</> : null}
        facts={p ? [['序列', said('family', p.family)], ['在岗', p.people_count > 0 && sees ? <Go key="n" to={`/staff/employees?post_id=${post_id}`}>{p.people_count} 人</Go> : `${p.people_count} 人`], ['编制', `${p.headcount} 人`], ['要求证书', p.kind_names.join('、')], ['职责', p.duties]] : []}
        tabs={p ? [
          { key: 'counts', label: '编制', children: () => <RowsTable cards label="编制" rows={p.headcounts} row_key="headcount_id" empty="还没有设定编制" columns={[{ key: 'community_name', title: '小区', width: 130 }, { key: 'from_on', title: '生效日', width: 105 }, state, { key: 'people_count', title: '人数', width: 80 }, { key: 'basis', title: '依据', width: 240 }, made]} /> },
          { key: 'needs', label: '要求证书', children: () => <RowsTable cards label="要求证书" rows={p.needs} row_key="need_id" empty="没有要求证书" columns={[{ key: 'from_on', title: '生效日', width: 105 }, state, { key: 'kinds', title: '证书', width: 300, show: (x) => x.kind_names.join('、') || '不要求' }, { key: 'basis', title: '依据', width: 240 }, made]} /> },
        ] : []}
      />
      {p && open === 'edit' ? <PostDrawer row={p} close={close} /> : null}
      {p && open === 'count' ? <CountDrawer post_id={post_id} name={p.name} close={close} /> : null}
      {p && open === 'need' ? <NeedDrawer post_id={post_id} name={p.name} kind_ids={p.kind_ids} close={close} /> : null}
    </>
  )
}
function CountDrawer({ post_id, name, close }: { post_id: string; name: string; close: () => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(staff.setHeadcount, { in_form: true, done: '已设定' })
  return <FormDrawer open onClose={close} title={`${name}:设定编制`} call={staff.setHeadcount} loading={save.running} submitError={save.error} fixed={{ post_id }} fields={[{ name: 'community_id', control: (c) => <PlaceInput {...c} /> }, 'from_on', 'people_count', { name: 'basis', placeholder: '如:年度定岗定编方案' }]} initial={{ community_id: place_id ?? places[0]?.id ?? null, from_on: today(), people_count: 1, basis: '' }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function NeedDrawer({ post_id, name, kind_ids, close }: { post_id: string; name: string; kind_ids: readonly string[]; close: () => void }) {
  const org = useOrg()
  const save = useWrite(staff.setNeeds, { in_form: true, done: '已设定' })
  return <FormDrawer open onClose={close} title={`${name}:要求证书`} call={staff.setNeeds} loading={save.running} submitError={save.error} fixed={{ post_id }} fields={['from_on', { name: 'kind_ids', kind: 'many', options: org.kinds, help: '每种都要有;都不选为不要求' }, { name: 'basis', placeholder: '如:保安服务管理条例 16' }]} initial={{ from_on: today(), kind_ids: [...kind_ids], basis: '' }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
