"""What `import dashboards` gives; `lazy_loader` reads it when a name is first used."""

from .export import export_html as export_html
from .pages.training.dashboard import TrainingDashboard as TrainingDashboard
