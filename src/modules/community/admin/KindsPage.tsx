// 公告类别: a company's own, with what a new notice of each begins with.
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { community, type Kind } from '../contract.ts'

const yes = (v: boolean): string => (v ? '是' : '')
export default function KindsPage() {
  const [all, setAll] = useState(false)
  const [open, setOpen] = useState<Kind | 'new'>()
  const q = useRead(community.kinds, { with_retired: all })
  const usual = useWrite(community.addUsualKinds, { done: (a) => (a.count ? `已加入 ${a.count} 个类别` : '常用类别都有了') })
  const save = useWrite(community.saveKind, { in_form: true, done: '已保存' })
  const row = open === 'new' ? undefined : open
  return (
    <ReadPage title="公告类别" loading={q.loading} error={q.error} retry={q.retry} actions={<><Button loading={usual.running} onClick={() => void usual.run({})}>加入常用类别</Button><Button type="primary" onClick={() => setOpen('new')}>新增类别</Button></>}>
      <div className="hy-card hy-stack">
        <div><Checkbox checked={all} onChange={(e) => setAll(e.target.checked)}>含停用的</Checkbox></div>
        <RowsTable<Kind>
          cards label="公告类别" rows={q.data?.rows ?? []} row_key="kind_id" empty="还没有公告类别"
          columns={[
            { key: 'name', title: '类别', width: 160, show: (r) => <span className="hy-line"><Button type="link" size="small" onClick={() => setOpen(r)}>{r.name}</Button>{r.retired ? <StateTag value="x" words={{ x: '停用' }} /> : null}</span> },
            { key: 'urgent', title: '默认紧急', width: 100, show: (r) => yes(r.urgent) }, { key: 'must_confirm', title: '默认要求确认', width: 120, show: (r) => yes(r.must_confirm) }, { key: 'valid_days', title: '默认有效', width: 110, show: (r) => (r.valid_days ? `${r.valid_days} 天` : '长期') }, { key: 'sort_no', title: '排序', width: 80 },
          ]}
        />
      </div>
      {open ? (
        <FormDrawer
          open title={row ? `修改 ${row.name}` : '新增类别'} onClose={() => { setOpen(undefined); save.reset() }} call={community.saveKind} fields={['name', 'urgent', 'must_confirm', { name: 'valid_days', suffix: '天', help: '空为长期' }, 'sort_no', ...(row ? ['retired' as const] : [])]} fixed={row ? { kind_id: row.kind_id } : { retired: false }}
          initial={row ?? { urgent: false, must_confirm: false, valid_days: 30, sort_no: 50 }} loading={save.running} submitError={save.error} onSubmit={async (i) => { if (await save.run(i)) setOpen(undefined) }}
        />
      ) : null}
    </ReadPage>
  )
}
