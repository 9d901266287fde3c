import { Button } from 'antd'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { people, type PersonRow } from '../contract.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '关键词', placeholder: '姓名、首字母、手机末四位、房号' },
  { kind: 'select', name: 'role', label: '身份', options: optionsOf(words.states?.['house_role']) },
  { kind: 'select', name: 'kind', label: '类别', options: optionsOf(words.states?.['person_kind']) },
]
const COLUMNS: readonly Column<PersonRow>[] = [
  { key: 'name', title: '姓名', width: 130, always: true },
  { key: 'kind', title: '类别', width: 80, show: (r) => words.states?.['person_kind']?.[r.kind] },
  { key: 'phone_masked', title: '手机号', width: 130 },
  { key: 'phone2_masked', title: '备用电话', width: 130, hidden: true },
  { key: 'id_number_tail', title: '证件号末四位', width: 110, hidden: true },
  { key: 'houses', title: '房产', width: 320 },
  { key: 'note', title: '备注', width: 160 },
]

export default function PersonsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(people.persons, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const [adding, setAdding] = useState(false)
  return (
    <>
      <ListPage
        {...list} title="业户列表" name="people.persons" columns={COLUMNS} row_key="person_id" href={(r) => `/people/persons/${r.person_id}`}
        actions={may('people.person.write') ? <Button type="primary" onClick={() => setAdding(true)}>新增业户</Button> : null}
        empty={{ text: '没有符合条件的业户' }}
      />
      {adding ? <PersonDrawer close={() => setAdding(false)} /> : null}
    </>
  )
}

export function PersonDrawer({ person, close, done }: { person?: PersonRow; close: () => void; done?: () => void }) {
  const save = useWrite(people.savePerson, { in_form: true, done: '已保存' })
  return (
    <FormDrawer
      open onClose={close} title={person ? `修改业户:${person.name}` : '新增业户'} call={people.savePerson} loading={save.running} submitError={save.error} words={{ kind: words.states?.['person_kind'] ?? {}, id_kind: words.states?.['id_kind'] ?? {} }}
      fields={[
        'name', { name: 'kind', label: '类别', kind: 'select' },
        { name: 'phone', label: '手机号', ...(person ? { help: `现为 ${person.phone_masked ?? '未登记'};留空则不改` } : {}) },
        { name: 'phone2', label: '备用电话', ...(person ? { help: `现为 ${person.phone2_masked ?? '未登记'};留空则不改` } : {}) },
        { name: 'id_kind', label: '证件类型', kind: 'select' },
        { name: 'id_number', label: '证件号码', help: '加密保存,列表只显示末四位' },
        { name: 'note', wide: true },
      ]}
      initial={person ? { name: person.name, kind: person.kind, id_kind: person.id_kind, note: person.note } : { kind: 'natural' }}
      {...(person ? { fixed: { person_id: person.person_id } } : {})}
      onSubmit={async (input) => {
        // What was left empty stays as it is: the masked value is never sent back as a number.
        const { phone, phone2, id_number, ...rest } = input as Record<string, unknown>
        const given = { ...(phone ? { phone } : {}), ...(phone2 ? { phone2 } : {}), ...(id_number ? { id_number } : {}) }
        if (!(await save.run({ ...rest, ...given } as never))) return
        done?.()
        close()
      }}
    />
  )
}
