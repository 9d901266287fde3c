import type { AdminModule } from '../../../ui/module.ts'

export const handoverAdmin: AdminModule = {
  menu: [{ group: '收费管理', label: '过户与退租结算', path: '/handover/sheets', needs: 'handover.sheet.read' }],
  routes: [
    { path: '/handover/sheets', title: '过户与退租结算', needs: 'handover.sheet.read', page: () => import('./SheetsPage.tsx'), help: ['在房产档案点「过户、退租结算」开单;系统把离开方的费用出到结算日前一天,并计收到今天的违约金。', '收清或写明由谁承担后办结;办结时同时登记过户或退租。'] },
    { path: '/handover/sheets/$sheet_id', title: '交接结算单', needs: 'handover.sheet.read', page: () => import('./SheetPage.tsx'), help: ['未收的账单先到收费台收款;不收的逐笔选择由谁承担。', '跨结算日的账单按天划分,结算日之后的自动转给接手方。', '预存与押金转给接手方须写双方约定;退还的另走退款审批。', '离开方没有欠费时打印「物业费结清证明」,否则打印结算单。'] },
  ],
}
