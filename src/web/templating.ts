/** The one module that knows the template engine. Everything that is put into a page is escaped, drawings excepted. */
import nunjucks from 'nunjucks';

export type Render = (template: string, view: object) => string;

/** Renders the templates of a folder. A name that the view does not have is an error, not an empty place in a page. */
export function templating(folder: string): Render {
  const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(folder), {
    autoescape: true,
    throwOnUndefined: true,
    trimBlocks: true,
    lstripBlocks: true,
  });
  return (template, view) => environment.render(template, view);
}
