import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { readNow, useRead, useWrite, asRefused, type Refused } from '../../../ui/api.ts'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { messages, type TemplateRow } from '../contract.ts'
import { words } from '../words.ts'

export default function TemplatesPage() {
  const templates = useRead(messages.templates, {})
  const may = useMay()
  const [open, setOpen] = useState<TemplateRow>()
  const [quiet, setQuiet] = useState(false)
  const columns: readonly Column<TemplateRow>[] = [
    { key: 'zh', title: '模板', width: 190, show: (r) => <Button type="link" className="hy-link" onClick={() => setOpen(r)}>{r.zh}</Button> },
    { key: 'category', title: '类别', width: 80, show: (r) => words.states?.['category']?.[r.category] },
    { key: 'sms', title: '短信示例', width: 390, show: (r) => r.preview.sms_text },
    { key: 'parts', title: '短信条数', width: 90, align: 'right', show: (r) => r.preview.sms_parts },
    { key: 'own', title: '文字', width: 90, show: (r) => (r.own ? '公司文字' : '系统文字') },
    { key: 'from_at', title: '启用时间', width: 140 },
    { key: 'created_by_name', title: '修改人', width: 100 },
  ]
  return (
    <>
      <ReadPage title="消息模板" loading={templates.loading} error={templates.error} retry={templates.retry} actions={<Button onClick={() => setQuiet(true)}>免打扰时段</Button>}>
        <div className="hy-card"><RowsTable label="消息模板" empty="没有可改的模板" rows={templates.data?.rows ?? []} columns={columns} row_key="template" /></div>
      </ReadPage>
      {open ? <TemplateDrawer key={open.template} row={open} writes={may('messages.template.write')} close={() => setOpen(undefined)} /> : null}
      {quiet ? <QuietModal writes={may('messages.template.write')} close={() => setQuiet(false)} /> : null}
    </>
  )
}

const FIELDS = ['title', 'app_text', 'sms_text'] as const
function TemplateDrawer({ row, writes, close }: { row: TemplateRow; writes: boolean; close: () => void }) {
  const save = useWrite(messages.saveTemplate, { in_form: true, done: '已启用新文字' })
  const versions = useRead(messages.templateVersions, { template: row.template })
  const [shown, setShown] = useState<{ preview?: TemplateRow['preview']; error?: Refused }>({ preview: row.preview })
  const preview = async (v: Record<string, unknown>) => {
    try {
      setShown({ preview: await readNow(messages.previewTemplate, { template: row.template, title: String(v['title'] ?? ''), app_text: String(v['app_text'] ?? ''), sms_text: String(v['sms_text'] ?? '') }) })
    } catch (e) {
      setShown({ error: asRefused(e) })
    }
  }
  return (
    <FormDrawer
      open onClose={close} title={`消息模板:${row.zh}`} call={messages.saveTemplate} loading={save.running} submitError={save.error} width={640} submit="启用"
      note={<p className="hy-muted">可用内容:{row.params.map((p) => `{${p.key}} ${p.zh}`).join(' · ')}</p>}
      fields={[{ name: 'title', disabled: !writes }, { name: 'app_text', kind: 'area', disabled: !writes }, { name: 'sms_text', kind: 'area', disabled: !writes }]}
      initial={{ title: row.title, app_text: row.app_text, sms_text: row.sms_text }} fixed={{ template: row.template }}
      onSubmit={async (input) => { if (writes && (await save.run(input))) close() }}
    >
      <Form.Item noStyle shouldUpdate>
        {(form) => <Button onClick={() => void preview(form.getFieldsValue([...FIELDS]) as Record<string, unknown>)}>预览</Button>}
      </Form.Item>
      {shown.error ? <Alert style={{ marginTop: 12 }} type="error" showIcon title={shown.error.message} /> : null}
      {shown.preview ? (
        <div className="hy-stack" style={{ marginTop: 12 }}>
          <strong>{shown.preview.title}</strong>
          <Input.TextArea aria-label="站内正文预览" readOnly autoSize value={shown.preview.app_text} />
          <Input.TextArea aria-label="短信预览" readOnly autoSize value={shown.preview.sms_text} />
          <span className="hy-muted">短信 {shown.preview.sms_text.length} 字,{shown.preview.sms_parts} 条</span>
        </div>
      ) : null}
      {versions.data?.rows.length ? (
        <div className="hy-stack" style={{ marginTop: 16 }}>
          <strong>历史</strong>
          {versions.data.rows.map((v) => <p key={v.from_at} className="hy-muted">{instant(v.from_at)} {v.created_by_name}:{v.sms_text}</p>)}
        </div>
      ) : null}
    </FormDrawer>
  )
}

function QuietModal({ writes, close }: { writes: boolean; close: () => void }) {
  const quiet = useRead(messages.quietHours, {})
  const save = useWrite(messages.saveQuietHours, { in_form: true, done: '已保存' })
  return (
    <FormModal
      open onClose={close} title="免打扰时段" call={messages.saveQuietHours} loading={save.running} submitError={save.error}
      note={
        <div className="hy-stack" style={{ marginBottom: 12 }}>
          <span className="hy-muted">时段内,不紧急的短信等到时段结束再发。起止相同表示不设。</span>
          {quiet.data?.rows.map((r) => <span key={r.from_on}>{r.from_on} 起:{r.quiet_from} 至 {r.quiet_to}{r.now ? '(现行)' : ''}</span>)}
          {quiet.data?.rows.length === 0 ? <span>还没有设置,随时可发</span> : null}
        </div>
      }
      fields={['from_on', { name: 'quiet_from', placeholder: '21:00', disabled: !writes }, { name: 'quiet_to', placeholder: '08:00', disabled: !writes }]}
      initial={{ from_on: today(), quiet_from: quiet.data?.rows.find((r) => r.now)?.quiet_from ?? '21:00', quiet_to: quiet.data?.rows.find((r) => r.now)?.quiet_to ?? '08:00' }}
      onSubmit={async (input) => { if (writes && (await save.run(input))) close() }}
    />
  )
}
