import type { AdminModule } from '../../../ui/module.ts'

export const formsAdmin: AdminModule = {
  menu: [{ group: '系统设置', label: '单据模板', path: '/forms/templates', needs: 'forms.template.read' }],
  routes: [
    {
      path: '/forms/templates', title: '单据模板', needs: 'forms.template.read', page: () => import('./FormsPage.tsx'),
      help: ['没有模板的单据按内置版式打印。', '小区的模板先于全公司的;停用后回到全公司的或内置的。', '收据、小票一种纸张只用一个模板;通知单可以有多个,打印时选择。'],
    },
    {
      path: '/forms/templates/$template_id', title: '单据模板', needs: 'forms.template.read', page: () => import('./FormPage.tsx'),
      help: ['右边是用真实单据生成的 PDF,改动后自动更新。', '发布后从生效日起使用;以前开出的单据补打时仍用当时的版式。', '套打:只打印内容,不打印框线和固定文字;位置不准时调整右移、下移。'],
    },
  ],
}
