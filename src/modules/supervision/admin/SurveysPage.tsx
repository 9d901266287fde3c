// 小区排查: each survey with how far it has come and what classes it found.
import { Button, Progress } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { supervision, type SurveyRow } from '../contract.ts'
import { words } from '../words.ts'
import { SURVEY_TONES } from './tones.tsx'

export default function SurveysPage() {
  const writes = useMay()('supervision.survey.write')
  const q = useRead(supervision.surveys, {})
  const start = useWrite(supervision.startSurvey, { in_form: true, done: '已发起' })
  const [open, setOpen] = useState(false)
  const close = (): void => { setOpen(false); start.reset() }
  return (
    <ReadPage title="小区排查" loading={q.loading} error={q.error} retry={q.retry} actions={writes ? <Button type="primary" onClick={() => setOpen(true)}>发起排查</Button> : null}>
      <div className="hy-card">
        <RowsTable<SurveyRow> cards label="小区排查" rows={q.data?.rows ?? []} row_key="survey_id" empty="还没有发起过排查" columns={[
          { key: 'title', title: '名称', width: 240, show: (s) => <Go to={`/supervision/surveys/${s.survey_id}`}>{s.title}</Go> }, { key: 'state', title: '状态', width: 90, show: (s) => <StateTag value={s.state} words={words.states!['survey']} tones={SURVEY_TONES} /> }, { key: 'span', title: '起止', width: 200, show: (s) => `${s.from_on} 至 ${s.to_on}` },
          { key: 'done', title: '已排查 / 应排查', width: 220, show: (s) => <span className="hy-line"><span>{s.done_count} / {s.place_count}</span><span style={{ width: 90 }}><Progress percent={s.place_count ? Math.floor((s.done_count * 100) / s.place_count) : 0} size="small" showInfo={false} aria-label={`${s.title}进度`} /></span></span> },
          { key: 'classes', title: '分类', width: 300, show: (s) => s.classes.map((k) => `${k.name} ${k.count}`).join('、') || '—' }, { key: 'made_by_name', title: '发起人', width: 100 },
        ]} />
      </div>
      {open ? <FormDrawer open onClose={close} title="发起排查" submit="发起" call={supervision.startSurvey} loading={start.running} submitError={start.error} fields={['title', 'from_on', 'to_on', { name: 'note', wide: true }]} initial={{ from_on: today() }} onSubmit={async (i) => { if (await start.run(i)) close() }} /> : null}
    </ReadPage>
  )
}
