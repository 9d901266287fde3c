// 单据模板: the layout at the left, the real PDF of it at the right. What is changed is a draft until it is published.
import { Alert, Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { LoadingBlock } from '../../../ui/states.tsx'
import { today } from '../../../kernel/clock.ts'
import type { Out } from '../../../ui/api.ts'
import { forms, type Design, type KindRow, type Version } from '../contract.ts'
import { words } from '../words.ts'
import { Preview } from './Preview.tsx'
import './forms.css'

const DesignEditor = lazy(() => import('./DesignEditor.tsx').then((m) => ({ default: m.DesignEditor })))
type Template = Out<typeof forms.template.gives>

export default function FormPage() {
  const template_id = useParam('template_id')
  const one = useRead(forms.template, { template_id })
  const kinds = useRead(forms.kinds, {})
  const t = one.data
  const kind = t && kinds.data?.rows.find((k) => k.kind === t.kind)
  return t && kind ? <Loaded key={t.template_id} t={t} kind={kind} second_person={kinds.data!.second_person} /> : (
    <DetailPage title="单据模板" back="/forms/templates" loading={one.loading || kinds.loading} error={one.error ?? kinds.error} retry={one.retry} />
  )
}

function Loaded({ t, kind, second_person }: { t: Template; kind: KindRow; second_person: boolean }) {
  const may = useMay()
  const stored = t.draft_design ?? t.versions[0]?.design ?? kind.papers.find((p) => p.paper === t.paper)!.design
  // What is not saved yet; it goes when the stored one changes by saving, restoring or dropping.
  const [changed, setChanged] = useState<{ of: string; design: Design }>()
  const of = JSON.stringify(stored)
  const design = changed?.of === of ? changed.design : stored
  const dirty = JSON.stringify(design) !== of
  const writes = may('forms.template.write') && t.state !== 'ended' && t.draft !== 'asked'
  const save = useWrite(forms.saveDraft, { done: '草稿已保存' })
  const drop = useWrite(forms.dropDraft, { done: '已放弃修改' })
  const end = useWrite(forms.endTemplate, { done: '已停用' })
  const [publishing, setPublishing] = useState(false)
  const stop = async () => {
    if (await confirm({ title: `停用「${t.name}」?`, content: '停用后新单据按全公司的模板或内置版式打印;以前的单据补打不变。', danger: true })) await end.run({ template_id: t.template_id })
  }
  return (
    <DetailPage
      title={t.name} back="/forms/templates" loading={false} error={null} retry={() => undefined}
      tags={<><StateTag value={t.state} words={words.states?.['state']} tones={{ live: 'good', coming: 'busy' }} />{t.draft === 'none' ? null : <StateTag value={t.draft} words={words.states?.['draft']} tones={{ open: 'warn', asked: 'busy' }} />}</>}
      facts={[['单据', t.kind_zh], ['纸张', words.states?.['paper']?.[t.paper]], ['适用范围', t.community_name ?? '全公司'], ['现用版本', t.version_no === null ? '—' : `第 ${t.version_no} 版`], ['生效日', t.from_on ?? '—']]}
      actions={writes ? (
        <>
          <Button danger onClick={() => void stop()} loading={end.running}>停用</Button>
          {dirty ? <Button onClick={() => setChanged(undefined)}>还原</Button> : t.draft === 'open' && t.versions.length > 0 ? <Button loading={drop.running} onClick={() => void drop.run({ template_id: t.template_id })}>放弃草稿</Button> : null}
          <Button type={dirty ? 'primary' : 'default'} disabled={!dirty} loading={save.running} onClick={() => void save.run({ template_id: t.template_id, design })}>保存草稿</Button>
          <Button type={dirty ? 'default' : 'primary'} disabled={dirty || t.draft !== 'open'} title={dirty ? '请先保存草稿' : ''} onClick={() => setPublishing(true)}>发布</Button>
        </>
      ) : null}
      tabs={[
        {
          key: 'design', label: '版式', children: () => (
            <div className="fm-two">
              <div className="hy-stack">
                {t.draft === 'asked' ? <Alert type="info" showIcon title="版式正在等待审批,审批期间不能修改" /> : null}
                <Suspense fallback={<LoadingBlock />}><DesignEditor kind={kind} paper={t.paper} design={design} disabled={!writes} change={(d) => setChanged({ of, design: d })} /></Suspense>
              </div>
              {may('forms.template.write') ? <Preview kind={t.kind} paper={t.paper} community_id={t.community_id} design={design} /> : null}
            </div>
          ),
        },
        { key: 'versions', label: '版本', badge: t.versions.length, children: () => <Versions t={t} writes={writes} /> },
      ]}
    >
      {publishing ? <Publish t={t} second_person={second_person} close={() => setPublishing(false)} /> : null}
    </DetailPage>
  )
}

function Publish({ t, second_person, close }: { t: Template; second_person: boolean; close: () => void }) {
  const publish = useWrite(forms.publish, { in_form: true, done: second_person ? '已提交审批' : '已发布' })
  return (
    <FormModal
      open onClose={close} title={`发布「${t.name}」`} call={forms.publish} loading={publish.running} submitError={publish.error} submit={second_person ? '提交审批' : '发布'}
      fields={[{ name: 'from_on', help: '从这一天起开出的单据用新版式;以前的补打不变' }, 'reason']} initial={{ from_on: today() }} fixed={{ template_id: t.template_id }}
      note={second_person ? <p className="hy-muted">公司规定版式由第二人批准后生效(参数设置 → 单据)。</p> : null}
      onSubmit={async (input) => { if (await publish.run(input)) close() }}
    />
  )
}

function Versions({ t, writes }: { t: Template; writes: boolean }) {
  const restore = useWrite(forms.restoreVersion, { done: '已成为草稿,发布后生效' })
  return (
    <RowsTable<Version>
      label="版本" rows={t.versions} row_key="version_no" empty="还没有发布过"
      columns={[
        { key: 'version_no', title: '版本', width: 90, show: (v) => `第 ${v.version_no} 版` },
        { key: 'from_on', title: '生效日', width: 110 },
        { key: 'note', title: '说明', width: 200 },
        { key: 'made_by_name', title: '修改人', width: 100 },
        { key: 'published_by_name', title: '发布人', width: 100 },
        { key: 'published_at', title: '发布时间', width: 150 },
        { key: 'design', title: '操作', width: 100, show: (v) => (writes ? <Button type="link" size="small" loading={restore.running} onClick={() => void restore.run({ template_id: t.template_id, version_no: v.version_no }, String(v.version_no))}>恢复为草稿</Button> : '—') },
      ]}
    />
  )
}
