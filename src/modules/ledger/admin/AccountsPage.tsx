import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ledger } from '../contract.ts'
import { words } from '../words.ts'
import { bookText, useBook } from './shared.tsx'

type Row = Out<typeof ledger.accounts.gives>['rows'][number]

export default function AccountsPage() {
  const may = useMay()
  const [book, choose] = useBook()
  const list = useRead(ledger.accounts, { book })
  const save = useWrite(ledger.saveAccount, { in_form: true, done: '已保存' })
  const disable = useWrite(ledger.setAccountDisabled, { done: (_a, i) => (i.disabled ? '已停用' : '已启用') })
  const [open, setOpen] = useState<Row | 'new'>()
  const write = may('ledger.account.write')
  return (
    <>
      <ReadPage title="会计科目" loading={list.loading} error={list.error} retry={list.retry} note={<div className="hy-line">{choose}</div>} actions={write ? <Button type="primary" onClick={() => setOpen('new')}>新增科目</Button> : null}>
        {list.data ? (
          <RowsTable
            label={`会计科目 ${bookText(book)}`} rows={list.data.rows} row_key="code" empty="没有科目"
            columns={[
              { key: 'code', title: '科目代码', width: 130, show: (r) => <Go to={`/ledger/accounts/${r.code}?book=${book}&year=${today().slice(0, 4)}`}>{r.code}</Go> },
              { key: 'name', title: '科目名称', width: 240 },
              { key: 'kind', title: '类别', width: 90, show: (r) => words.states?.['account_kind']?.[r.kind] },
              { key: 'normal', title: '余额方向', width: 90, show: (r) => words.states?.['normal']?.[r.normal] },
              { key: 'note', title: '说明', width: 200 },
              { key: 'disabled', title: '状态', width: 90, show: (r) => <StateTag value={r.disabled ? 'off' : 'on'} words={{ on: '启用', off: '停用' }} tones={{ on: 'good', off: 'plain' }} /> },
              ...(write ? [{ key: 'act', title: '操作', width: 150, show: (r: Row) => <span className="hy-line"><Button size="small" onClick={() => setOpen(r)}>改名</Button>{r.built_in ? null : <Button size="small" loading={disable.running} onClick={() => void disable.run({ book, code: r.code, disabled: !r.disabled }, r.code)}>{r.disabled ? '启用' : '停用'}</Button>}</span> }] : []),
            ]}
          />
        ) : null}
      </ReadPage>
      {open ? (
        <FormDrawer
          open onClose={() => setOpen(undefined)} title={open === 'new' ? `新增科目:${bookText(book)}` : `修改科目 ${open.code}`} call={ledger.saveAccount} loading={save.running} submitError={save.error} words={{ kind: words.states?.['account_kind'] ?? {} }}
          fields={[{ name: 'code', disabled: open !== 'new', help: '资产 1、负债 2、共同 3、权益 4、损益 6 开头' }, 'name', { name: 'kind', kind: 'select', disabled: open !== 'new' }, 'note']}
          initial={open === 'new' ? { kind: 'expense' } : { code: open.code, name: open.name, kind: open.kind, note: open.note ?? undefined }} fixed={{ book }}
          onSubmit={async (input) => { if (await save.run(input)) setOpen(undefined) }}
        />
      ) : null}
    </>
  )
}
